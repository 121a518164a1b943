package aio_test

import (
	"context"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
)

func TestCopy(t *testing.T) {
	long := strings.Repeat("0123456789", 10_000)
	for name, c := range map[string]struct {
		r     *script
		w     *script
		buf   []byte
		wrote string
		err   error
	}{
		"nothing":            {reads(), &script{}, nil, "", nil},
		"in pieces":          {reads("he", pending{}, "llo"), &script{writes: []any{1, pending{}, 1}}, nil, "hello", nil},
		"by a small buffer":  {reads("hello"), &script{}, make([]byte, 2), "hello", nil},
		"more than a buffer": {reads(long), &script{writes: []any{7}}, nil, long, nil},
		"read error":         {reads("hel", errBroken), &script{}, nil, "hel", errBroken},
		"write error":        {reads("hello"), &script{writes: []any{2, errBroken}}, nil, "he", errBroken},
		"no progress":        {reads("hello"), &script{writes: []any{2, 0}}, nil, "he", io.ErrShortWrite},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := run[int64](aio.Copy(c.w, c.r, c.buf))
			want(t, n, err, int64(len(c.wrote)), c.err)
			if string(c.w.wrote) != c.wrote {
				t.Errorf("%d bytes arrived, or others", len(c.w.wrote))
			}
			if c.w.closed {
				t.Error("closed")
			}
		})
	}
	mustPanic(t, func() { aio.Copy(aio.Sink, aio.Empty, []byte{}) }, "buffer of no length")
}

// While its source has nothing a copy flushes: an echo through a buffer comes back.
func TestCopyFlushesBeforeItWaits(t *testing.T) {
	user, server := aio.Duplex(64)
	echo := future.Box[int64](aio.Copy(aio.NewBufWriter(server, 64), server, nil))
	reply := make([]byte, 4)
	cx := new(counting).context()
	for _, word := range []string{"ping", "pong"} {
		must(t, user.WriteAll([]byte(word)))
		if echo.Poll(cx).IsReady() {
			t.Fatal("the echo has ended")
		}
		n := must(t, user.Read(reply))
		want(t, string(reply[:n]), nil, word, nil)
	}
	future.Drop(echo)
}

// A copy of what is always ready lets others have their turn, and none is lost by that.
func TestCopyIsCooperative(t *testing.T) {
	for name, r := range map[string]aio.Reader{"endless": aio.Repeat(7), "pipe": filled(1000)} {
		t.Run(name, func(t *testing.T) {
			op := aio.Copy(aio.Sink, r, make([]byte, 4))
			defer op.Drop()
			cx, c := spendingContext(9)
			if op.Poll(cx).IsReady() || c.woken != 1 {
				t.Errorf("woken %d times", c.woken)
			}
			if n := op.Copied(); n < 16 || n > 20 {
				t.Errorf("%d bytes in nine operations of 4", n)
			}
		})
	}
}

// filled returns a pipe with so many bytes in it.
func filled(n int) aio.Reader {
	r, w := aio.Simplex(n)
	_, _ = run[int](w.WriteAll(make([]byte, n)))
	return r
}

// inBackground runs an operation on a goroutine; its outcome is waited for with the function that is returned.
func inBackground[T any, F future.Op[T]](t *testing.T, op F) func() (T, error) {
	type outcome struct {
		v   T
		err error
	}
	out := make(chan outcome, 1)
	go func() {
		v, err := run[T](op)
		out <- outcome{v, err}
	}()
	return func() (T, error) {
		t.Helper()
		select {
		case o := <-out:
			return o.v, o.err
		case <-time.After(time.Minute):
			t.Fatal("it does not end")
		}
		panic("unreachable")
	}
}

func TestCopyBidirectional(t *testing.T) {
	a, proxyA := aio.Duplex(16)
	proxyB, b := aio.Duplex(16)
	proxied := inBackground[aio.Copied](t, aio.CopyBidirectional(proxyA, proxyB))
	buf := make([]byte, 100)

	// Each hears the other.
	must(t, a.WriteAll([]byte("hello")))
	n := must(t, b.Read(buf))
	want(t, string(buf[:n]), nil, "hello", nil)
	must(t, b.WriteAll([]byte("you")))
	n = must(t, a.Read(buf))
	want(t, string(buf[:n]), nil, "you", nil)

	// When one has said all, the other is told, and goes on.
	if err := a.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_, err := run[int](b.Read(buf))
	want(t, 0, err, 0, io.EOF)
	must(t, b.WriteAll([]byte("goodbye")))
	n = must(t, aio.ReadFull(a, buf[:7]))
	want(t, string(buf[:n]), nil, "goodbye", nil)
	if err := b.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	counts, err := proxied()
	if err != nil || counts != (aio.Copied{AToB: 5, BToA: 10}) {
		t.Errorf("it came to %+v, %v", counts, err)
	}
}

// A peer that does not read keeps only its own direction from going on.
func TestCopyBidirectionalBlockedOneWay(t *testing.T) {
	a, proxyA := aio.Duplex(4)
	proxyB, b := aio.Duplex(4)
	proxied := inBackground[aio.Copied](t, aio.CopyBidirectional(proxyA, proxyB))
	stuck := inBackground[int](t, a.WriteAll(make([]byte, 100_000))) // b does not read
	for range 1000 {
		must(t, b.WriteAll([]byte("word")))
		must(t, aio.ReadFull(a, make([]byte, 4)))
	}
	if err := b.Close(); err != nil { // and so a cannot write any more
		t.Fatal(err)
	}
	_, err := proxied()
	want(t, 0, err, 0, io.ErrClosedPipe)
	_ = proxyA.Close()
	_, err = stuck()
	want(t, 0, err, 0, io.ErrClosedPipe)
}

// An error in one direction ends both at once, with what has been copied.
func TestCopyBidirectionalFails(t *testing.T) {
	for name, c := range map[string]*script{
		"read":  {reads: []any{"hel", errBroken}},
		"write": {reads: []any{pending{}}, writes: []any{errBroken}},
	} {
		t.Run(name, func(t *testing.T) {
			peer, proxied := aio.Duplex(16)
			must(t, peer.WriteAll([]byte("you")))
			counts, err := run[aio.Copied](aio.CopyBidirectional(c, proxied))
			want(t, 0, err, 0, errBroken)
			wanted := aio.Copied{AToB: 3, BToA: 0}
			if name == "write" {
				wanted = aio.Copied{}
			}
			if counts != wanted {
				t.Errorf("it came to %+v, want %+v", counts, wanted)
			}
		})
	}
}

// Both directions have their share of a poll.
func TestCopyBidirectionalIsCooperative(t *testing.T) {
	a, b := new(busy), new(busy)
	op := aio.CopyBidirectionalBuffers(a, b, make([]byte, 4), make([]byte, 4))
	defer op.Drop()
	for range 10 {
		cx, _ := spendingContext(8)
		if op.Poll(cx).IsReady() {
			t.Fatal("ready")
		}
	}
	if c := op.Copied(); c.AToB < 50 || c.BToA < 50 {
		t.Errorf("copied %+v", c)
	}
}

// busy has always something to read, and room.
type busy struct{ _ int }

func (*busy) PollRead(cx *cxt, p []byte) pollInt  { return aio.Repeat(1).PollRead(cx, p) }
func (*busy) PollWrite(cx *cxt, p []byte) pollInt { return aio.Sink.PollWrite(cx, p) }

// Copies that wait for their source share what one needs, and one that is dropped gives it back.
func TestAnIdleCopyCostsNoBuffer(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector has pools lose what they are given")
	}
	r, w := aio.Simplex(16)
	defer w.Close()
	const copies = 200
	ops := make([]aio.CopyOp, copies)
	cx := new(counting).context()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range ops {
		ops[i] = aio.Copy(aio.Sink, r, nil)
		if ops[i].Poll(cx).IsReady() {
			t.Fatal("ready")
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > copies*32<<10/4 {
		t.Errorf("%d copies that wait have allocated %d bytes", copies, n)
	}
	for i := range ops {
		ops[i].Drop()
	}
}

func TestCopyIsGivenUpWithItsTask(t *testing.T) {
	r, w := aio.Simplex(16)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := future.BlockOn(future.WithContext(ctx, future.Box[int64](aio.Copy(aio.Sink, r, nil))))
	want(t, 0, err, 0, context.Canceled)
	_ = w.Close()
}
