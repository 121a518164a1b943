package compile

import (
	"go/build/constraint"
	"path/filepath"
	"slices"
	"strings"
)

// constraint returns the build tags of a generated file: those of its source, also those that are
// in its name, and tag.
func (s *source) constraint(tag string) string {
	all := []string{tag}
	for line := range strings.Lines(string(s.text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "package ") {
			break
		}
		if x, err := constraint.Parse(line); err == nil && constraint.IsGoBuild(line) {
			text := x.String()
			if _, or := x.(*constraint.OrExpr); or {
				text = "(" + text + ")"
			}
			all = append(all, text)
		}
	}
	return strings.Join(append(all, nameTags(s.path)...), " && ")
}

// nameTags returns the system and the architecture that the name of a file asks for.
func nameTags(path string) []string {
	parts := strings.Split(strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".go"), "_test"), "_")[1:]
	var tags []string
	if n := len(parts); n > 0 && slices.Contains(architectures, parts[n-1]) {
		tags, parts = append(tags, parts[n-1]), parts[:n-1]
	}
	if n := len(parts); n > 0 && slices.Contains(systems, parts[n-1]) {
		tags = append(tags, parts[n-1])
	}
	return tags
}

// What go/build knows, which does not export it.
var (
	systems       = strings.Fields("aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos")
	architectures = strings.Fields("386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le " +
		"ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm")
)
