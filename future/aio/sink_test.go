package aio_test

import (
	"errors"
	"io"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/sink"
)

var _ interface {
	aio.Writer
	aio.Flusher
	aio.CloseWriter
	aio.WriteForgetter
	future.Dropper
} = (*aio.SinkWriter)(nil)

// What is written comes out of the channel, and stays as it was whatever becomes of the buffer; the end comes, too.
func TestToSink(t *testing.T) {
	tx, rx := coord.MPSC[[]byte](2)
	w := aio.ToSink(tx.Sink())
	buf := []byte{1, 2, 3, 4}
	n, err := run[int](aio.Write(w, buf))
	want(t, n, err, 4, nil)
	clear(buf)
	n, err = run[int](aio.WriteAll(w, buf[:1]))
	want(t, n, err, 1, nil)
	must(t, aio.CloseWrite(w))
	for _, piece := range []string{"\x01\x02\x03\x04", "\x00"} {
		got, err := rx.TryRecv()
		want(t, string(got), err, piece, nil)
	}
	if _, err := rx.TryRecv(); !errors.Is(err, coord.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	n, err = run[int](aio.Write(w, buf))
	want(t, n, err, 0, io.ErrClosedPipe)
}

// Without a copy the sink has the caller's bytes, and no allocation is made; a write of nothing is none of the sink.
func TestLendToSink(t *testing.T) {
	var last *byte
	puts := 0
	w := aio.LendToSink(sink.Func(func(p []byte) error { last = &p[0]; puts++; return nil }))
	buf := []byte("bytes")
	cx := new(counting).context()
	if n := testing.AllocsPerRun(100, func() {
		if n, err := w.PollWrite(cx, buf).Result(); n != len(buf) || err != nil {
			t.Fatal(n, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a write", n)
	}
	if last != &buf[0] {
		t.Error("the bytes were copied")
	}
	before := puts
	n, err := run[int](aio.Write(w, nil))
	want(t, n, err, 0, nil)
	if puts != before {
		t.Error("a write of nothing was put")
	}
}

// A write waits for room, and fails with the sink's error; given up, it gives its place back.
func TestToSinkWaits(t *testing.T) {
	tx, rx := coord.MPSC[[]byte](1)
	w := aio.ToSink(tx.Sink())
	must(t, aio.Write(w, []byte("1")))
	c := new(counting)
	op := aio.Write(w, []byte("2"))
	if op.Poll(c.context()).IsReady() {
		t.Fatal("written, and there is no room")
	}
	op.Drop()
	if got, err := rx.TryRecv(); string(got) != "1" || err != nil {
		t.Fatal(got, err)
	}
	if c.woken != 0 || tx.Capacity() != 1 {
		t.Errorf("woken %d times, room for %d", c.woken, tx.Capacity())
	}
	rx.Drop()
	if _, err := run[int](aio.Write(w, []byte("3"))); !errors.Is(err, coord.ErrClosed) {
		t.Errorf("nobody receives: %v", err)
	}
	w.Drop()
	if strong, _ := tx.Senders(); strong != 0 {
		t.Error("the sink was not dropped")
	}
}
