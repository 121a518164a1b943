package aio_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future/aio"
)

// What fits is kept; what does not has written first what is there; what is no smaller than the buffer goes past it.
func TestBufWriterKeepsWritesWhole(t *testing.T) {
	w := new(script)
	b := aio.NewBufWriter(w, 4)
	for _, c := range []struct{ write, wrote, kept string }{
		{"ab", "", "ab"},
		{"cd", "", "abcd"},
		{"e", "abcd", "e"},
		{"fghi", "abcdefghi", ""},
		{"", "abcdefghi", ""},
		{"jkl", "abcdefghi", "jkl"},
		{"mn", "abcdefghijkl", "mn"},
	} {
		want(t, must(t, b.WriteAll([]byte(c.write))), nil, len(c.write), nil)
		want(t, string(w.wrote), nil, c.wrote, nil)
		want(t, string(b.Buffered()), nil, c.kept, nil)
	}
	if w.flushes != 0 {
		t.Error("flushed, unasked")
	}
	must(t, b.Flush())
	want(t, string(w.wrote), nil, "abcdefghijklmn", nil)
	if w.flushes != 1 {
		t.Errorf("flushed %d times", w.flushes)
	}
}

// While the Writer takes nothing a write that does not fit waits, and takes nothing.
func TestBufWriterWaits(t *testing.T) {
	w := &script{writes: []any{pending{}, 1, pending{}, 2}}
	b := aio.NewBufWriter(w, 4)
	must(t, b.WriteAll([]byte("abc")))
	c := new(counting)
	write := b.Write([]byte("de"))
	for range 2 {
		if write.Poll(c.context()).IsReady() {
			t.Fatal("more than there is room for")
		}
	}
	want(t, string(b.Buffered()), nil, "bc", nil)
	if !write.Poll(c.context()).IsReady() {
		t.Fatal("no room after the Writer took it")
	}
	want(t, string(b.Buffered()), nil, "de", nil)
	want(t, string(w.wrote), nil, "abc", nil)
}

// A slow Writer gets every byte, in order, whatever the sizes.
func TestBufWriterLosesNothing(t *testing.T) {
	var sent bytes.Buffer
	w := new(script)
	for i := range 200 {
		w.writes = append(w.writes, 1+i%3, pending{})
	}
	b := aio.NewBufWriter(w, 5)
	for i := range 60 {
		p := []byte(strings.Repeat(string(rune('a'+i%26)), i%8))
		sent.Write(p)
		must(t, b.WriteAll(p))
	}
	must(t, aio.CloseWrite(b))
	if !bytes.Equal(sent.Bytes(), w.wrote) {
		t.Errorf("%q was written, %q arrived", sent.String(), w.wrote)
	}
	if !w.closed {
		t.Error("the Writer was not closed")
	}
}

// After an error of the Writer everything fails with that.
func TestBufWriterFails(t *testing.T) {
	for name, fails := range map[string]func(b *aio.BufWriter) error{
		"drained by a write": func(b *aio.BufWriter) error { _, err := run[int](b.Write([]byte("cde"))); return err },
		"flushed":            func(b *aio.BufWriter) error { _, err := run(b.Flush()); return err },
	} {
		t.Run(name, func(t *testing.T) {
			b := aio.NewBufWriter(&script{writes: []any{1, errBroken}}, 4)
			must(t, b.WriteAll([]byte("ab")))
			want(t, 0, fails(b), 0, errBroken)
			_, err := run[int](b.Write([]byte("x")))
			want(t, 0, err, 0, errBroken)
			_, err = run[int](b.Write([]byte("longer than the buffer")))
			want(t, 0, err, 0, errBroken)
			_, err = run(b.Flush())
			want(t, 0, err, 0, errBroken)
		})
	}
	b := aio.NewBufWriter(&script{writes: []any{errBroken}}, 4)
	_, err := run[int](b.Write([]byte("longer than the buffer")))
	want(t, 0, err, 0, errBroken)
	_, err = run[int](b.Write([]byte("x")))
	want(t, 0, err, 0, errBroken)
}

// Nothing is lost by an end that comes before the flush.
func TestBufWriterIsFlushedBeforeItsEnd(t *testing.T) {
	w := new(script)
	b := aio.NewBufWriter(w, 4)
	must(t, b.WriteAll([]byte("ab")))
	if err := b.CloseWrite(); err == nil || w.closed {
		t.Errorf("closed %v, %v", w.closed, err)
	}
	must(t, b.Flush())
	if err := b.CloseWrite(); err != nil || !w.closed {
		t.Errorf("closed %v, %v", w.closed, err)
	}
}

func TestBufWriterIsCooperative(t *testing.T) {
	w := new(script)
	b := aio.NewBufWriter(w, 8)
	cx, c := spendingContext(2)
	for i, ready := range []bool{true, true, false} {
		if b.PollWrite(cx, []byte("x")).IsReady() != ready {
			t.Errorf("write %d: ready %v", i, !ready)
		}
	}
	want(t, string(b.Buffered()), nil, "xx", nil)
	want(t, c.woken, nil, 1, nil)
}
