package compile

import (
	"fmt"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// A sourceLine is a line of the source. A line directive in the source counts, as it does for the compiler:
// who made that of something else wants to read where in that.
type sourceLine struct {
	file string // beside the source, or an absolute path
	line int
}

func (p sourceLine) String() string { return p.file + ":" + strconv.Itoa(p.line) }

func (c *comp) sourceLine(pos token.Pos) sourceLine {
	p := c.fset.Position(pos)
	file := p.Filename
	if rel, err := filepath.Rel(filepath.Dir(c.src.path), file); err == nil && filepath.IsLocal(rel) {
		file = filepath.ToSlash(rel)
	}
	return sourceLine{file, p.Line}
}

// positions leaves out line directives that tell nothing new, and fills in those that lead back to
// the generated file itself.
func positions(text []byte, name string) []byte {
	var out []string
	at := -1 // the line of the source that the next line is, or -1
	of := "" // and the file
	for l := range strings.SplitSeq(string(text), "\n") {
		d, ok := strings.CutPrefix(l, "//line ")
		if !ok {
			out = append(out, l)
			if at >= 0 {
				at++
			}
			continue
		}
		i := strings.LastIndexByte(d, ':')
		n, _ := strconv.Atoi(d[i+1:])
		if strings.HasPrefix(d, "back:") { // to this file
			out = append(out, fmt.Sprintf("//line %s:%d", name, len(out)+2))
			at = -1
			continue
		}
		if d[:max(i, 0)] != of {
			at = -1
		}
		if n == at || n == at-1 && at > 0 && out[len(out)-1] == "" {
			if k := len(out) - 1; out[k] == "" { // what set the directive off
				out = out[:k]
				at--
			}
			if n == at {
				continue
			}
		}
		out = append(out, l)
		at, of = n, d[:max(i, 0)]
	}
	return []byte(strings.Join(out, "\n"))
}
