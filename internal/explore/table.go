package explore

import (
	"fmt"
	"path"
	"runtime"
	"strings"
	"text/tabwriter"
	"unsafe"
)

// recorder keeps what a schedule did, to be printed. Schedules are recorded only
// when they are run again after a failure.
type recorder struct {
	eng  *engine
	rows []row
	open bool // the last row does not know its word's new value yet
}

type row struct {
	step   int // 0 for plain memory
	thread string
	op     string
	label  string
	value  string
	at     string

	kind   Kind
	p      unsafe.Pointer
	before uint64
}

// step notes the operation that t is about to do.
func (r *recorder) step(t *thread, c *cell, writes bool) {
	o := &t.next
	op := opNames[o.op]
	if o.op == CompareAndSwap && !writes {
		op = "cas fails"
	}
	r.rows = append(r.rows, row{
		step: r.eng.depth + 1, thread: t.name, op: op, label: r.eng.label(o.cell), at: o.at,
		kind: c.kind, p: o.p, before: c.kind.value(o.p),
	})
	r.open = true
}

// completeLast fills in what the last operation left in its word.
func (r *recorder) completeLast() {
	if !r.open {
		return
	}
	r.open = false
	w := &r.rows[len(r.rows)-1]
	for i := len(r.rows) - 1; w.step == 0; i-- {
		w = &r.rows[i]
	}
	w.value = r.eng.format(w.kind, w.before)
	if after := w.kind.value(w.p); after != w.before {
		w.value += " → " + r.eng.format(w.kind, after)
	}
}

// plain notes an access to plain memory.
func (r *recorder) plain(t *thread, c int32, writes bool) {
	op := "(reads)"
	if writes {
		op = "(writes)"
	}
	r.rows = append(r.rows, row{thread: t.name, op: op, label: r.eng.label(c), at: position()})
}

// How much of a long schedule is printed: its end. A livelock repeats itself.
const maxRows, maxRowsLivelock = 200, 40

func (r *recorder) table() string {
	r.completeLast()
	var b strings.Builder
	rows, limit := r.rows, maxRows
	if f := r.eng.failure; f != nil && f.Kind == Livelock {
		limit = maxRowsLivelock
	}
	if cut := len(rows) - limit; cut > 0 {
		fmt.Fprintf(&b, "(the first %d lines are left out)\n", cut)
		rows = rows[cut:]
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "step\tthread\toperation\tword\tvalue\tat")
	for _, x := range rows {
		step := ""
		if x.step > 0 {
			step = fmt.Sprint(x.step)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", step, x.thread, x.op, x.label, x.value, x.at)
	}
	w.Flush()
	return b.String()
}

// label names a cell for people.
func (e *engine) label(c int32) string {
	m := &e.mem.cells[c]
	if s := e.run.labelOf(uintptr(m.p)); s != "" {
		return s
	}
	return fmt.Sprintf("%s#%d", kindNames[m.kind], c+1)
}

func (x *Run) labelOf(addr uintptr) string {
	for i := len(x.labels) - 1; i >= 0; i-- {
		if s := x.labels[i].path(addr); s != "" {
			return s
		}
	}
	return ""
}

// format writes the value of a word as its type does.
func (e *engine) format(k Kind, v uint64) string {
	switch k {
	case Bool:
		return fmt.Sprint(v != 0)
	case Int32:
		return fmt.Sprint(int32(v))
	case Int64:
		return fmt.Sprint(int64(v))
	case Pointer:
		if v == 0 {
			return "nil"
		}
		if s := e.run.labelOf(uintptr(v)); s != "" {
			return "&" + s
		}
		return fmt.Sprintf("%#x", v)
	}
	if v > 0xffff {
		return fmt.Sprintf("%#x", v)
	}
	return fmt.Sprint(v)
}

// position names the line outside of the explorer that does the operation.
func position() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		own := strings.Contains(f.Function, "/internal/word.") || strings.Contains(f.Function, "/internal/explore.")
		if f.Function != "" && !own {
			dir, file := path.Split(f.File)
			return fmt.Sprintf("%s/%s:%d", path.Base(dir), file, f.Line)
		}
		if !more {
			return ""
		}
	}
}

func hasSuffix(s, suffix string) bool { return strings.HasSuffix(s, suffix) }
