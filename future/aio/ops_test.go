package aio_test

import (
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
)

func TestRead(t *testing.T) {
	buf := make([]byte, 8)
	r := reads("hello", pending{}, "you", errBroken)
	n, err := run[int](aio.Read(r, buf[:3]))
	want(t, string(buf[:n]), err, "hel", nil)
	n, err = run[int](aio.Read(r, buf))
	want(t, string(buf[:n]), err, "lo", nil)
	n, err = run[int](aio.Read(r, buf))
	want(t, string(buf[:n]), err, "you", nil)
	_, err = run[int](aio.Read(r, buf))
	want(t, 0, err, 0, errBroken)
	_, err = run[int](aio.Read(r, buf))
	want(t, 0, err, 0, io.EOF)
}

// A stream that says that it has read, or written, more than there is room for is caught, and so is one that does
// nothing.
func TestAStreamThatLies(t *testing.T) {
	for _, n := range []lie{5, -1} {
		mustPanic(t, func() { _, _ = run[int](aio.Read(reads(n), make([]byte, 4))) }, "says that it has read")
		mustPanic(t, func() { _, _ = run[int](aio.ReadFull(reads(n), make([]byte, 4))) }, "says that it has read")
		mustPanic(t, func() { _, _ = run[int](aio.Read(aio.Take(reads(n), 4), make([]byte, 9))) }, "says that it has read")
		mustPanic(t, func() { _, _ = run[int](aio.WriteAll(&script{writes: []any{n}}, make([]byte, 4))) }, "says that it has write")
	}
	_, err := run[int](aio.ReadFull(reads(""), make([]byte, 4)))
	want(t, 0, err, 0, io.ErrNoProgress)
	n, err := run[int](aio.WriteAll(&script{writes: []any{2, 0}}, make([]byte, 4)))
	want(t, n, err, 2, io.ErrShortWrite)
}

func TestReadFull(t *testing.T) {
	for name, c := range map[string]struct {
		r    *script
		room int
		got  string
		err  error
	}{
		"at once":       {reads("hello world"), 5, "hello", nil},
		"in pieces":     {reads("h", pending{}, "el", "lo"), 5, "hello", nil},
		"nothing":       {reads(), 5, "", io.EOF},
		"too little":    {reads("hel", pending{}), 5, "hel", io.ErrUnexpectedEOF},
		"an error":      {reads("hel", errBroken), 5, "hel", errBroken},
		"into no room":  {reads(errBroken), 0, "", nil},
		"error at last": {reads("hello", errBroken), 5, "hello", nil},
	} {
		t.Run(name, func(t *testing.T) {
			buf := make([]byte, c.room)
			n, err := run[int](aio.ReadFull(c.r, buf))
			want(t, string(buf[:n]), err, c.got, c.err)
		})
	}
}

func TestReadAtLeast(t *testing.T) {
	buf := make([]byte, 8)
	r := reads("he", "llo", "rest")
	n, err := run[int](aio.ReadAtLeast(r, buf, 3))
	want(t, string(buf[:n]), err, "hello", nil)
	n, err = run[int](aio.ReadAtLeast(r, buf, 5))
	want(t, string(buf[:n]), err, "rest", io.ErrUnexpectedEOF)
	mustPanic(t, func() { aio.ReadAtLeast(r, buf, 9) }, "ReadAtLeast of 9 bytes into a buffer of 8")
}

// What was read and written before a Drop is told, and the stream has its waker back.
func TestADroppedOperationSaysHowFarItCame(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	r := reads("hel", pending{})
	read := aio.ReadFull(r, make([]byte, 5))
	if read.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	read.Drop()
	if read.Filled() != 3 || r.forgot != 1 {
		t.Errorf("filled %d, forgot %d", read.Filled(), r.forgot)
	}
	w := &script{writes: []any{2, pending{}}}
	write := aio.WriteAll(w, []byte("hello"))
	if write.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	write.Drop()
	if write.Written() != 2 || w.forgot != 1 {
		t.Errorf("written %d, forgot %d", write.Written(), w.forgot)
	}
	write.Drop()
	mustPanic(t, func() { write.Poll(&cx) }, "a WriteAllOp polled after Ready")
}

func TestReadAll(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for name, c := range map[string]struct {
		r     *script
		limit int
		got   string
		err   error
	}{
		"nothing":         {reads(), 10, "", nil},
		"in pieces":       {reads("he", pending{}, "llo"), 10, "hello", nil},
		"up to the limit": {reads("hello"), 5, "hello", nil},
		"too long":        {reads("hello!", "rest"), 5, "hello", aio.ErrTooLong},
		"a limit of 0":    {reads("h"), 0, "", aio.ErrTooLong},
		"nothing, of 0":   {reads(), 0, "", nil},
		"long":            {reads(long[:2000], long[2000:]), 5000, long, nil},
		"an error":        {reads("hel", errBroken), 10, "hel", errBroken},
		"no limit":        {reads(long), int(^uint(0) >> 1), long, nil},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := run[[]byte](aio.ReadAll(c.r, c.limit))
			want(t, string(all), err, c.got, c.err)
			if cap(all) > 2*max(len(all), 512) {
				t.Errorf("%d bytes were allocated for %d", cap(all), len(all))
			}
		})
	}
	mustPanic(t, func() { aio.ReadAll(reads(), -1) }, "ReadAll with a limit of -1")
}

// What is there stays in front, and room that is there is used.
func TestAppendAll(t *testing.T) {
	room := make([]byte, 2, 16)
	copy(room, "> ")
	all, err := run[[]byte](aio.AppendAll(room, reads("hel", pending{}, "lo"), 5))
	want(t, string(all), err, "> hello", nil)
	if &all[0] != &room[0] {
		t.Error("the room was not used")
	}
	all, err = run[[]byte](aio.AppendAll(all, reads("more than that"), 5))
	want(t, string(all), err, "> hellomore ", aio.ErrTooLong)
	all, err = run[[]byte](aio.AppendAll(all[:2], reads("he", errBroken), 5))
	want(t, string(all), err, "> he", errBroken)
}

func TestWriteAll(t *testing.T) {
	w := &script{writes: []any{2, pending{}, 1}}
	n, err := run[int](aio.WriteAll(w, []byte("hello")))
	want(t, n, err, 5, nil)
	want(t, string(w.wrote), nil, "hello", nil)
	w = &script{writes: []any{2, errBroken}}
	n, err = run[int](aio.WriteAll(w, []byte("hello")))
	want(t, n, err, 2, errBroken)
	w = &script{writes: []any{3}}
	n, err = run[int](aio.Write(w, []byte("hello")))
	want(t, n, err, 3, nil)
}

func TestFlushAndCloseWrite(t *testing.T) {
	w := new(script)
	must(t, aio.Flush(w))
	must(t, aio.CloseWrite(w))
	if w.flushes != 3 || !w.closed {
		t.Errorf("flushed %d times, closed %v", w.flushes, w.closed)
	}
	if _, err := run(aio.CloseWrite(w)); err == nil {
		t.Error("the error of the close is lost")
	}
	must(t, aio.CloseWrite(aio.Sink)) // which is neither
}

// What has nothing to do is an operation like others: who begins one after the other lets others run.
func TestNothingToDoSpends(t *testing.T) {
	for name, op := range map[string]func(cx *waker.Context) bool{
		"Flush":             func(cx *waker.Context) bool { o := aio.Flush(aio.Sink); return o.Poll(cx).IsReady() },
		"Flush of a buffer": func(cx *waker.Context) bool { o := aio.NewBufWriter(aio.Sink, 1).Flush(); return o.Poll(cx).IsReady() },
		"CloseWrite":        func(cx *waker.Context) bool { o := aio.CloseWrite(aio.Sink); return o.Poll(cx).IsReady() },
		"WriteVectored":     func(cx *waker.Context) bool { o := aio.WriteVectored(aio.Sink, nil); return o.Poll(cx).IsReady() },
		"WriteVectored, none": func(cx *waker.Context) bool {
			o := aio.WriteVectored(aio.Sink, make([][]byte, 2))
			return o.Poll(cx).IsReady()
		},
	} {
		cx, c := spendingContext(3)
		n := 0
		for ; n < 10 && op(cx); n++ {
		}
		if n > 3 || n == 0 || c.woken == 0 { // CloseWrite flushes before and after
			t.Errorf("%s: ready %d times with a budget of 3, woken %d times", name, n, c.woken)
		}
	}
}

// gather is a script that takes several buffers at once.
type gather struct {
	script
	calls int
}

func (g *gather) PollWriteVectored(cx *waker.Context, bufs [][]byte) pollInt {
	g.calls++
	var all []byte
	for _, b := range bufs {
		all = append(all, b...)
	}
	return g.PollWrite(cx, all)
}

func TestWriteVectored(t *testing.T) {
	for name, c := range map[string]struct {
		writes []any
		bufs   []string
		n      int
		wrote  string
		err    error
		calls  int
	}{
		"all at once":         {nil, []string{"he", "l", "lo"}, 5, "hello", nil, 1},
		"nothing":             {nil, nil, 0, "", nil, 0},
		"empty ones":          {nil, []string{"", "he", "", "llo", ""}, 5, "hello", nil, 1},
		"only empty ones":     {nil, []string{"", ""}, 0, "", nil, 0},
		"inside a buffer":     {[]any{1, pending{}}, []string{"he", "l", "lo"}, 5, "hello", nil, 3},
		"on a boundary":       {[]any{2}, []string{"he", "l", "lo"}, 5, "hello", nil, 2},
		"an error in between": {[]any{3, errBroken}, []string{"he", "l", "lo"}, 3, "hel", errBroken, 1},
		"stops":               {[]any{3, 0}, []string{"he", "l", "lo", "!"}, 3, "hel", io.ErrShortWrite, 2},
	} {
		t.Run(name, func(t *testing.T) {
			bufs := func() (all [][]byte) {
				for _, b := range c.bufs {
					all = append(all, []byte(b))
				}
				return all
			}
			g := &gather{script: script{writes: c.writes}}
			n, err := run[int](aio.WriteVectored(g, bufs()))
			want(t, n, err, c.n, c.err)
			want(t, string(g.wrote), nil, c.wrote, nil)
			if g.calls != c.calls {
				t.Errorf("%d calls with all buffers, want %d", g.calls, c.calls)
			}
			one := new(script) // that knows one buffer at a time
			n, err = run[int](aio.WriteVectored(one, bufs()))
			want(t, n, err, len(strings.Join(c.bufs, "")), nil)
			want(t, string(one.wrote), nil, strings.Join(c.bufs, ""), nil)
		})
	}
}
