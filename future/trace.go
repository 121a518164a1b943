package future

import (
	"fmt"
	"runtime"

	"github.com/magpie-go/magpie/internal/origin"
)

// A Frame is one function that waits, or something else that does, in what [Trace] returns.
type Frame struct {
	// Depth is 0 for the future that was traced, and that of what waits for it and 1 for all
	// others. What has several children is followed by each with what is below it.
	Depth int
	// Func is the async function, with its package, or what a future that is none is called.
	Func string
	// File and Line are of the await that the function stands at, or of the function itself if it
	// has not begun. File begins with the path of the package. It is empty for what is no async
	// function, and Line 0.
	File string
	Line int
}

// String returns a frame on one line, indented by its depth.
func (f Frame) String() string {
	if f.File == "" {
		return fmt.Sprintf("%*s%s", 2*f.Depth, "", f.Func)
	}
	return fmt.Sprintf("%*s%s %s:%d", 2*f.Depth, "", f.Func, f.File, f.Line)
}

// Trace returns where a future stands: the await of each async function that is under way in it, from
// the outermost inwards, through the combinators of this package. It is to a task what a stack
// is to a goroutine.
//
// A compiled function knows its line. One that runs on a coroutine tells that of its beginning, and
// what it waits for.
//
// The future must not be polled meanwhile.
func Trace(f any) []Frame {
	t := Tracer{}
	t.Child(f)
	return t.frames
}

// Traced is a future that tells [Trace] where it stands: by [Tracer.At] if it is a function, and by
// [Tracer.Child] of each of its children if it has several. Without it a future is a leaf.
type Traced interface {
	Trace(t *Tracer)
}

// A Tracer collects what a [Traced] tells.
type Tracer struct {
	frames []Frame
	depth  int
}

// At tells that a function stands at a line, and waits there for child, unless that is nil.
func (t *Tracer) At(function, file string, line int, child any) {
	t.frames = append(t.frames, Frame{t.depth, function, file, line})
	if child != nil {
		t.depth++
		t.Child(child)
		t.depth--
	}
}

// Child traces a future that the one that calls it waits for.
func (t *Tracer) Child(f any) {
	if f == nil {
		return
	}
	if f, ok := f.(Traced); ok {
		f.Trace(t)
		return
	}
	t.frames = append(t.frames, Frame{Depth: t.depth, Func: origin.Name(f)})
}

// Among tells that a combinator of this name waits for several.
func (t *Tracer) Among(name string, children ...any) {
	t.frames = append(t.frames, Frame{Depth: t.depth, Func: name})
	t.depth++
	for _, c := range children {
		t.Child(c)
	}
	t.depth--
}

// Trace implements Traced.
func (a *asyncFuture[T]) Trace(t *Tracer) {
	if a.machine != nil {
		t.Child(a.machine)
		return
	}
	f := runtime.FuncForPC(a.code)
	file, line := f.FileLine(a.code)
	var child any
	if w, ok := a.co.child.(interface{ awaited() any }); ok {
		child = w.awaited()
	}
	t.At(f.Name(), file, line, child)
}

func (w *wait[T]) awaited() any { return w.f }

// Trace implements Traced.
func (o AsyncOp[T]) Trace(t *Tracer) { o.future().Trace(t) }

// Trace implements Traced.
func (b BoxedOp[T]) Trace(t *Tracer) { t.Child(b.f) }

// Trace implements Traced.
func (r RefOp[T]) Trace(t *Tracer) { t.Child(r.f) }

// Trace implements Traced: it is where the operation stands, if it is live.
func (c *Child[T, F]) Trace(t *Tracer) {
	if c.live {
		t.Child(addressed[T](&c.op))
	}
}

// Trace implements Traced.
func (j *JoinOp[A, B, FA, FB]) Trace(t *Tracer) { t.Among("future.Join", &j.a, &j.b) }

// Trace implements Traced.
func (s *Select2Op[A, B, FA, FB]) Trace(t *Tracer) { t.Among("future.Select2", &s.a, &s.b) }

// Trace implements Traced: what waits, of the children of a JoinAll or a Race.
func (c *children[T]) Trace(t *Tracer) {
	var live []any
	for _, f := range c.fs {
		if f != nil {
			live = append(live, f)
		}
	}
	t.Among("future."+c.who, live...)
}

// Trace implements Traced: what waits of the set.
func (u *Unordered[T]) Trace(t *Tracer) {
	var live []any
	for f := range u.All() {
		live = append(live, f)
	}
	t.Among("future.Unordered", live...)
}

// Trace implements Traced.
func (o *NextOp[T]) Trace(t *Tracer) {
	if o.s != nil {
		t.Child(o.s)
	}
}
