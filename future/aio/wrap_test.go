package aio_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future/aio"
)

func TestTake(t *testing.T) {
	for _, c := range []struct {
		n    int64
		got  string
		left int64
	}{{0, "", 0}, {3, "hel", 0}, {5, "hello", 0}, {9, "hello", 4}} {
		r := aio.Take(reads("he", pending{}, "llo"), c.n)
		all, err := run[[]byte](aio.ReadAll(r, 100))
		want(t, string(all), err, c.got, nil)
		want(t, r.Left(), nil, c.left, nil)
	}
	s := reads("hello", errBroken)
	all, err := run[[]byte](aio.ReadAll(aio.Take(s, 2), 100))
	want(t, string(all), err, "he", nil)
	all, err = run[[]byte](aio.ReadAll(aio.Take(s, 4), 100)) // the rest was not touched
	want(t, string(all), err, "llo", errBroken)
	mustPanic(t, func() { aio.Take(s, -1) }, "Take of -1 bytes")
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		n   int64
		got string
		err error
	}{{0, "", aio.ErrTooLong}, {4, "hell", aio.ErrTooLong}, {5, "hello", nil}, {6, "hello", nil}} {
		r := aio.Limit(reads("he", pending{}, "llo", pending{}), c.n)
		all, err := run[[]byte](aio.ReadAll(r, 100))
		want(t, string(all), err, c.got, c.err)
	}
	all, err := run[[]byte](aio.ReadAll(aio.Limit(reads("he", errBroken), 2), 100))
	want(t, string(all), err, "he", errBroken)
	mustPanic(t, func() { aio.Limit(reads(), -1) }, "Limit of -1 bytes")
}

func TestChain(t *testing.T) {
	r := aio.Chain(reads("he", pending{}), aio.Empty, reads("llo"), reads("!"))
	if n, err := run[int](aio.Read(r, nil)); n != 0 || err != nil { // which says nothing about the end of the first
		t.Fatal(n, err)
	}
	all, err := run[[]byte](aio.ReadAll(r, 100))
	want(t, string(all), err, "hello!", nil)
	_, err = run[int](aio.Read(r, make([]byte, 1)))
	want(t, 0, err, 0, io.EOF)
	all, err = run[[]byte](aio.ReadAll(aio.Chain(reads("he", errBroken), reads("llo")), 100))
	want(t, string(all), err, "he", errBroken)
	mustPanic(t, func() { aio.Chain(reads(), nil) }, "Chain with a nil Reader")
}

func TestEmptySinkRepeat(t *testing.T) {
	all, err := run[[]byte](aio.ReadAll(aio.Empty, 0))
	want(t, string(all), err, "", nil)
	all, err = run[[]byte](aio.ReadAll(aio.Take(aio.Repeat('x'), 5), 100))
	want(t, string(all), err, "xxxxx", nil)
	n, err := run[int64](aio.Copy(aio.Sink, reads("hello"), nil))
	want(t, n, err, 5, nil)
	for name, poll := range map[string]func(cx *cxt) bool{
		"Empty":  func(cx *cxt) bool { return aio.Empty.PollRead(cx, make([]byte, 1)).IsReady() },
		"Repeat": func(cx *cxt) bool { return aio.Repeat(1).PollRead(cx, make([]byte, 1)).IsReady() },
		"Sink":   func(cx *cxt) bool { return aio.Sink.PollWrite(cx, make([]byte, 1)).IsReady() },
	} {
		cx, c := spendingContext(0)
		if poll(cx) || c.woken != 1 {
			t.Errorf("%s does not let others have their turn", name)
		}
	}
}

func TestInspect(t *testing.T) {
	var seen, sent strings.Builder
	w := &script{writes: []any{2, pending{}, 1}}
	n, err := run[int64](aio.Copy(
		aio.InspectWriter(w, func(p []byte) { sent.Write(p) }),
		aio.Inspect(reads("he", pending{}, "llo", errBroken), func(p []byte) { seen.Write(p) }), nil))
	want(t, n, err, 5, errBroken)
	want(t, seen.String(), nil, "hello", nil)
	want(t, sent.String(), nil, "hello", nil)
	if w.flushes == 0 {
		t.Error("it does not flush")
	}
	must(t, aio.CloseWrite(aio.InspectWriter(w, func([]byte) {})))
	if !w.closed {
		t.Error("it does not close")
	}
	must(t, aio.CloseWrite(aio.InspectWriter(aio.Sink, func([]byte) {})))
}

// What is written as several buffers is seen as far as it was taken.
func TestInspectVectored(t *testing.T) {
	var seen []string
	see := func(p []byte) { seen = append(seen, string(p)) }
	vector := func() [][]byte { return [][]byte{[]byte("he"), nil, []byte("llo"), []byte("!")} }
	g := &gather{script: script{writes: []any{4, pending{}}}}
	n, err := run[int](aio.WriteVectored(aio.InspectWriter(g, see), vector()))
	want(t, n, err, 6, nil)
	want(t, seen, nil, []string{"he", "ll", "o", "!"}, nil)
	seen = nil
	w := new(script) // which takes one at a time
	n, err = run[int](aio.WriteVectored(aio.InspectWriter(w, see), vector()))
	want(t, n, err, 6, nil)
	want(t, seen, nil, []string{"he", "llo", "!"}, nil)
	want(t, string(w.wrote), nil, "hello!", nil)
}

func TestSplitAndUnsplit(t *testing.T) {
	s, other := reads("hello"), reads()
	r, w := aio.Split(s)
	r2, w2 := aio.Split(other)
	if !r.IsPairOf(w) || r.IsPairOf(w2) || !r2.IsPairOf(w2) || r2.IsPairOf(w) {
		t.Error("the pairs are mixed up")
	}
	for _, c := range []struct {
		r *aio.ReadHalf
		w *aio.WriteHalf
	}{{r, w2}, {r2, w}} {
		if rw, err := c.r.Unsplit(c.w); rw != nil || !errors.Is(err, aio.ErrNotPair) {
			t.Errorf("%v, %v", rw, err)
		}
	}
	all, err := run[[]byte](aio.ReadAll(r, 100))
	want(t, string(all), err, "hello", nil)
	must(t, aio.WriteAll(w, []byte("you")))
	must(t, aio.CloseWrite(w))
	if string(s.wrote) != "you" || s.flushes != 2 || !s.closed {
		t.Errorf("%q, flushed %d times, closed %v", s.wrote, s.flushes, s.closed)
	}
	r.ForgetRead()
	w.ForgetWrite()
	want(t, s.forgot, nil, 2, nil)
	if rw, err := r.Unsplit(w); rw != aio.ReadWriter(s) || err != nil {
		t.Errorf("%v, %v", rw, err)
	}
	mustPanic(t, func() { _, _ = run[int](aio.Read(r, make([]byte, 1))) }, "ReadHalf (or one after Unsplit)")
	mustPanic(t, func() { _, _ = run[int](aio.Write(w, make([]byte, 1))) }, "WriteHalf (or one after Unsplit)")
}

func TestJoin(t *testing.T) {
	from, to := reads("hello"), new(script)
	j := aio.Join(from, to)
	all, err := run[[]byte](aio.ReadAll(j, 100))
	want(t, string(all), err, "hello", nil)
	must(t, aio.WriteAll(j, []byte("you")))
	must(t, aio.CloseWrite(j))
	if string(to.wrote) != "you" || to.flushes != 2 || !to.closed || from.closed {
		t.Errorf("%q, flushed %d times, closed %v", to.wrote, to.flushes, to.closed)
	}
	if j.Reader() != aio.Reader(from) || j.Writer() != aio.Writer(to) {
		t.Error("its parts are others")
	}
}
