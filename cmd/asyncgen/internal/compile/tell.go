package compile

import (
	"fmt"
	"go/ast"
	"go/types"
	"io"
	"path/filepath"
)

// tell writes what a function became.
func (c *comp) tell(w io.Writer) {
	states := map[int]bool{}
	for _, b := range c.blocks {
		if b.first == nil {
			states[b.state] = true
		}
	}
	waits := 0
	for _, a := range c.awaits {
		if a.next.seen {
			waits++
		}
	}
	size := "its bytes depend on its types"
	if c.file.prog.sizes != nil {
		if n := c.file.prog.sizes(c.m.machine); n > 0 {
			size = fmt.Sprintf("%d bytes", n)
		}
	}
	fmt.Fprintf(w, "%s: %d states, %d of them waits, %s\n", c.m.title(), len(states), waits, size)
	for _, n := range c.boxes() {
		fmt.Fprintf(w, "\t%s\n", n)
	}
	for _, v := range c.order {
		if v.where == inFrame {
			fmt.Fprintf(w, "\t%s %s: %s\n", v.slot.name, v.slot.typ, v.why)
		}
	}
	for _, sub := range c.subs {
		sub.tell(w)
	}
}

// boxes tells what of a function runs on coroutines, and why.
func (c *comp) boxes() (notes []string) {
	for _, a := range c.awaits {
		w := a.wait
		if w == nil || w.kind != onBoxed || !a.next.seen {
			continue
		}
		p := c.fset.PositionFor(w.call.Pos(), false)
		why := "is called through a function value"
		if fn, _ := c.callee(w.call); fn != nil {
			why = "is not marked " + marker
			if r := fn.Signature().Recv(); r != nil && types.IsInterface(r.Type()) {
				why = "is called through an interface"
			}
		} else if _, ok := ast.Unparen(w.call.Fun).(*ast.FuncLit); ok {
			why = "is not compiled"
		}
		what := oneLine(c.text(ast.Unparen(w.call.Fun)))
		notes = append(notes, fmt.Sprintf("%s:%d: %s %s: it runs on a coroutine of its own", filepath.Base(p.Filename), p.Line, what, why))
	}
	return append(notes, c.notes...)
}

// register makes the machines of a function and of the literals in it known, see keeps.go.
func (c *comp) register() {
	c.file.prog.compiled[c.m.machine] = c
	for _, sub := range c.subs {
		sub.register()
	}
}
