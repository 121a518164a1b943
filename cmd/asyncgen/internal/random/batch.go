package random

import (
	"embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/corpus"
)

//go:embed rt/rt.go
var rtSource embed.FS

// perPackage is how many programs make a package: enough that compiling them is not mostly
// reading imports.
const perPackage = 40

// A Batch is a module of many programs in three variants, and the program that compares them.
type Batch struct {
	Dir      string
	Programs []*Program
	Compiled bool // asyncgen has been at it
}

// NewBatch writes the programs of the seeds first, first+1, … into dir.
func NewBatch(dir string, first uint64, n int, compiled bool) (*Batch, error) {
	b := &Batch{Dir: dir, Compiled: compiled}
	for i := range n {
		b.Programs = append(b.Programs, New(first+uint64(i), i))
	}
	return b, b.Write()
}

// Write writes the batch's files.
func (b *Batch) Write() error {
	if err := corpus.WriteModule(b.Dir, rtSource); err != nil {
		return err
	}
	var imports, table strings.Builder
	for at := 0; at < len(b.Programs); at += perPackage {
		k := at / perPackage
		some := b.Programs[at:min(at+perPackage, len(b.Programs))]
		if err := b.writePackages(k, some); err != nil {
			return err
		}
		fmt.Fprintf(&imports, "\tplain%d \"%s/plain/p%[1]d\"\n\tasync%[1]d \"%[2]s/async/p%[1]d\"\n", k, corpus.ModulePath)
		for i, p := range some {
			machine := "nil"
			if b.Compiled {
				machine = fmt.Sprintf("async%d.Machines[%d]", k, i)
			}
			fmt.Fprintf(&table, "\t{%d, plain%d.Plain[%d], async%[2]d.Coroutines[%[3]d], %s},\n", p.Seed, k, i, machine)
		}
	}
	main := strings.Replace(strings.Replace(harness, "// IMPORTS\n", imports.String(), 1), "// TABLE\n", table.String(), 1)
	return corpus.Write(filepath.Join(b.Dir, "main.go"), main)
}

func (b *Batch) writePackages(k int, some []*Program) error {
	var plain, async, plains, coroutines, machines strings.Builder
	for _, p := range some {
		plain.WriteString(p.Text(false))
		async.WriteString(p.Text(true))
		first := p.fns[0].name
		fmt.Fprintf(&plains, "\t%s,\n", first)
		fmt.Fprintf(&coroutines, "\tfunc() future.Future[future.Unit] {\n\t\treturn future.Async(func(co *future.Co) (future.Unit, error) { %s(co); return future.Unit{}, nil })\n\t},\n", first)
		fmt.Fprintf(&machines, "\tfunc() future.Future[future.Unit] { m := %sAsync(); return &m },\n", first)
	}
	head := fmt.Sprintf("package p%d\n\nimport (\n\t\"%s/rt\"\n", k, corpus.ModulePath)
	name := filepath.Join(b.Dir, "plain", fmt.Sprintf("p%d", k), "p.go")
	if err := corpus.Write(name, head+")\n"+plainText.Replace(prelude)+plainPrelude+plain.String()+
		"\nvar Plain = []func(){\n"+plains.String()+"}\n"); err != nil {
		return err
	}
	list := "\nvar Coroutines = []func() future.Future[future.Unit]{\n" + coroutines.String() + "}\n"
	if b.Compiled {
		list += "\nvar Machines = []func() future.Future[future.Unit]{\n" + machines.String() + "}\n"
	}
	name = filepath.Join(b.Dir, "async", fmt.Sprintf("p%d", k), "p.go")
	return corpus.Write(name, head+"\n\t\"github.com/magpie-go/magpie/future\"\n)\n"+asyncText.Replace(prelude)+async.String()+list)
}

// Build compiles the batch, async functions first.
func (b *Batch) Build() error {
	if b.Compiled {
		if _, err := corpus.Asyncgen(b.Dir, "./rt", "./async/..."); err != nil {
			return err
		}
	}
	_, err := corpus.Go(b.Dir, "build", "-o", "compare", ".")
	return err
}

// Run compares the variants of every program and returns what differs, "" if nothing does.
func (b *Batch) Run() (string, error) {
	cmd := exec.Command(filepath.Join(b.Dir, "compare"))
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		return "", err
	}
	if err != nil {
		return string(out) + err.Error() + "\n", nil
	}
	return string(out), nil
}
