package aio_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
)

// pipeEnds is a kind of pipe, as the tests of what all kinds have in common see it.
type pipeEnds struct {
	name string
	make func(n int) (r readEnd, w writeEnd)
}

type readEnd interface {
	aio.Reader
	Read(p []byte) aio.ReadOp
	Close() error
}

type writeEnd interface {
	aio.Writer
	aio.VectoredWriter
	Write(p []byte) aio.WriteOp
	WriteAll(p []byte) aio.WriteAllOp
	CloseWrite() error
	Close() error
}

var pipes = []pipeEnds{
	{"simplex", func(n int) (readEnd, writeEnd) { r, w := aio.Simplex(n); return r, w }},
	{"duplex", func(n int) (readEnd, writeEnd) { r, w := aio.Duplex(n); return r, w }},
	{"duplex, split", func(n int) (readEnd, writeEnd) {
		a, b := aio.Duplex(n)
		r, _ := a.Split()
		_, w := b.Split()
		return r, w
	}},
}

// eachPipe runs a test on a pipe of so many bytes of each kind.
func eachPipe(t *testing.T, n int, f func(t *testing.T, r readEnd, w writeEnd)) {
	for _, p := range pipes {
		t.Run(p.name, func(t *testing.T) {
			r, w := p.make(n)
			f(t, r, w)
		})
	}
}

func TestPipeCarriesBytes(t *testing.T) {
	eachPipe(t, 5, func(t *testing.T, r readEnd, w writeEnd) {
		buf := make([]byte, 8)
		for _, word := range []string{"he", "llo", "world", "again"} { // also over the end of the ring
			want(t, must(t, w.Write([]byte(word))), nil, len(word), nil)
			want(t, string(buf[:must(t, r.Read(buf))]), nil, word, nil)
		}
	})
}

// A write waits while the pipe is full, takes what there is room for, and goes on after a read.
func TestPipeHoldsNoMoreThanItsSize(t *testing.T) {
	eachPipe(t, 4, func(t *testing.T, r readEnd, w writeEnd) {
		want(t, must(t, w.Write([]byte("hello"))), nil, 4, nil)
		c := new(counting)
		write := w.Write([]byte("o"))
		if write.Poll(c.context()).IsReady() {
			t.Fatal("more than there is room for")
		}
		buf := make([]byte, 1)
		must(t, r.Read(buf))
		if c.woken != 1 {
			t.Fatalf("woken %d times by a read", c.woken)
		}
		if !write.Poll(c.context()).IsReady() {
			t.Fatal("no room after a read")
		}
		rest := make([]byte, 8)
		want(t, string(rest[:must(t, r.Read(rest))]), nil, "ello", nil)
	})
}

// A read waits while there is nothing, and is woken by a write, once.
func TestPipeReadWaits(t *testing.T) {
	eachPipe(t, 4, func(t *testing.T, r readEnd, w writeEnd) {
		c := new(counting)
		buf := make([]byte, 8)
		read := r.Read(buf)
		for range 3 {
			if read.Poll(c.context()).IsReady() {
				t.Fatal("ready with nothing")
			}
		}
		must(t, w.Write([]byte("he")))
		must(t, w.Write([]byte("l")))
		if c.woken != 1 {
			t.Fatalf("woken %d times", c.woken)
		}
		n, err := read.Poll(c.context()).Result()
		want(t, string(buf[:n]), err, "hel", nil)
	})
}

// After the writer's end what is there is read, and then the end; a reader that waits is woken.
func TestPipeWriterCloses(t *testing.T) {
	for name, closes := range map[string]func(w writeEnd) error{"Close": writeEnd.Close, "CloseWrite": writeEnd.CloseWrite} {
		t.Run(name, func(t *testing.T) {
			eachPipe(t, 8, func(t *testing.T, r readEnd, w writeEnd) {
				must(t, w.Write([]byte("hello")))
				for range 2 {
					if err := closes(w); err != nil {
						t.Fatal(err)
					}
				}
				_, err := run[int](w.Write([]byte("more")))
				want(t, 0, err, 0, io.ErrClosedPipe)
				buf := make([]byte, 3)
				want(t, string(buf[:must(t, r.Read(buf))]), nil, "hel", nil)
				want(t, string(buf[:must(t, r.Read(buf))]), nil, "lo", nil)
				for range 2 {
					_, err = run[int](r.Read(buf))
					want(t, 0, err, 0, io.EOF)
				}
			})
			eachPipe(t, 8, func(t *testing.T, r readEnd, w writeEnd) {
				c := new(counting)
				read := r.Read(make([]byte, 1))
				read.Poll(c.context())
				_ = closes(w)
				_, err := read.Poll(c.context()).Result()
				want(t, c.woken, err, 1, io.EOF)
			})
		})
	}
}

// After the reader's end writes fail, those that wait too, and nothing is read any more.
func TestPipeReaderCloses(t *testing.T) {
	eachPipe(t, 4, func(t *testing.T, r readEnd, w writeEnd) {
		must(t, w.Write([]byte("full")))
		c := new(counting)
		write := w.Write([]byte("o"))
		write.Poll(c.context())
		for range 2 {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		_, err := write.Poll(c.context()).Result()
		want(t, c.woken, err, 1, io.ErrClosedPipe)
		_, err = run[int](w.Write([]byte("o")))
		want(t, 0, err, 0, io.ErrClosedPipe)
		_, err = run[int](r.Read(make([]byte, 8)))
		want(t, 0, err, 0, io.ErrClosedPipe)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// Who waits at an end that is closed itself is told.
func TestPipeOwnEndCloses(t *testing.T) {
	eachPipe(t, 1, func(t *testing.T, r readEnd, w writeEnd) {
		c := new(counting)
		read := r.Read(make([]byte, 1))
		read.Poll(c.context())
		_ = r.Close()
		_, err := read.Poll(c.context()).Result()
		want(t, c.woken, err, 1, io.ErrClosedPipe)
	})
	eachPipe(t, 1, func(t *testing.T, r readEnd, w writeEnd) {
		must(t, w.Write([]byte("x")))
		c := new(counting)
		write := w.Write([]byte("y"))
		write.Poll(c.context())
		_ = w.Close()
		_, err := write.Poll(c.context()).Result()
		want(t, c.woken, err, 1, io.ErrClosedPipe)
		buf := make([]byte, 2)
		want(t, string(buf[:must(t, r.Read(buf))]), nil, "x", nil)
	})
}

// Nothing is read and written at once, whatever the pipe holds.
func TestPipeOfEmptyBuffers(t *testing.T) {
	eachPipe(t, 2, func(t *testing.T, r readEnd, w writeEnd) {
		want(t, must(t, w.Write(nil)), nil, 0, nil)
		want(t, must(t, r.Read(nil)), nil, 0, nil)
		must(t, w.Write([]byte("xy")))
		want(t, must(t, w.Write(nil)), nil, 0, nil)
		want(t, must(t, r.Read(nil)), nil, 0, nil)
		_ = r.Close()
		want(t, must(t, w.Write(nil)), nil, 0, nil)
		_ = w.Close()
		_, err := run[int](w.Write(nil))
		want(t, 0, err, 0, io.ErrClosedPipe)
	})
}

func TestPipeWritesVectors(t *testing.T) {
	for name, c := range map[string]struct {
		bufs []string
		held string
	}{
		"none":                       {nil, ""},
		"empty ones":                 {[]string{"", ""}, ""},
		"all":                        {[]string{"he", "", "llo"}, "hello"},
		"empty ones first":           {[]string{"", "hello"}, "hello"},
		"up to the end of a buffer":  {[]string{"hello", "you", "rest"}, "helloyou"},
		"up to the middle of one":    {[]string{"hell", "o you", "rest"}, "hello yo"},
		"the first is too long":      {[]string{"hello you", "rest"}, "hello yo"},
		"an empty one where it ends": {[]string{"hello yo", "", "u"}, "hello yo"},
	} {
		t.Run(name, func(t *testing.T) {
			eachPipe(t, 8, func(t *testing.T, r readEnd, w writeEnd) {
				var bufs [][]byte
				for _, b := range c.bufs {
					bufs = append(bufs, []byte(b))
				}
				cx := new(counting).context()
				n, err := w.PollWriteVectored(cx, bufs).Result()
				want(t, n, err, len(c.held), nil)
				_ = w.Close()
				all, err := run[[]byte](aio.ReadAll(r, 100))
				want(t, string(all), err, c.held, nil)
			})
		})
	}
	eachPipe(t, 8, func(t *testing.T, r readEnd, w writeEnd) {
		_ = r.Close()
		_, err := run[int](aio.WriteVectored(w, [][]byte{[]byte("x"), []byte("y")}))
		want(t, 0, err, 0, io.ErrClosedPipe)
	})
}

// A pipe that is always ready lets others have their turn, and loses nothing by that.
func TestPipeIsCooperative(t *testing.T) {
	eachPipe(t, 4, func(t *testing.T, r readEnd, w writeEnd) {
		cx, c := spendingContext(1)
		if !w.PollWrite(cx, []byte("a")).IsReady() || w.PollWrite(cx, []byte("b")).IsReady() || c.woken != 1 {
			t.Error("a write without a budget")
		}
		cx, c = spendingContext(0)
		if r.PollRead(cx, make([]byte, 1)).IsReady() || c.woken != 1 {
			t.Error("a read without a budget")
		}
		_ = w.Close()
		all, err := run[[]byte](aio.ReadAll(r, 100))
		want(t, string(all), err, "a", nil)
	})
}

// Two tasks on two threads: every byte arrives, in order.
func TestPipeThreads(t *testing.T) {
	eachPipe(t, 7, func(t *testing.T, r readEnd, w writeEnd) {
		sent := make([]byte, 200_000)
		for i := range sent {
			sent[i] = byte(i * i >> 3)
		}
		wrote := inBackground(t, future.Of(future.Async(func(co *future.Co) (int, error) {
			for rest := sent; len(rest) > 0; {
				n, err := w.Write(rest[:min(len(rest), 1+len(rest)%11)]).Await(co)
				if err != nil {
					return 0, err
				}
				rest = rest[n:]
			}
			return len(sent), w.CloseWrite()
		})))
		got, err := run[[]byte](aio.ReadAll(r, len(sent)))
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%d of %d bytes arrived, or others: %v", len(got), len(sent), err)
		}
		if _, err := wrote(); err != nil {
			t.Error(err)
		}
	})
}

// Closing at any time, on a third thread, ends both.
func TestPipeClosedByAThirdThread(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	for _, closes := range []func(r readEnd, w writeEnd) error{
		func(r readEnd, w writeEnd) error { return r.Close() },
		func(r readEnd, w writeEnd) error { return w.Close() },
	} {
		for range rounds {
			eachEnd(t, closes)
		}
	}
}

func eachEnd(t *testing.T, closes func(r readEnd, w writeEnd) error) {
	r, w := aio.Duplex(3)
	wrote := inBackground[int64](t, aio.Copy(w, aio.Repeat(1), make([]byte, 2)))
	read := inBackground[int64](t, aio.Copy(aio.Sink, r, make([]byte, 2)))
	if err := closes(r, w); err != nil {
		t.Fatal(err)
	}
	if _, err := wrote(); err != io.ErrClosedPipe {
		t.Errorf("the writer ended with %v", err)
	}
	if _, err := read(); err != nil && err != io.ErrClosedPipe {
		t.Errorf("the reader ended with %v", err)
	}
}

func TestDuplexTalksBothWays(t *testing.T) {
	var a, b aio.Conn
	a, b = aio.Duplex(32)
	buf := make([]byte, 8)
	for range 3 {
		must(t, aio.WriteAll(a, []byte("ping")))
		want(t, string(buf[:must(t, aio.Read(b, buf))]), nil, "ping", nil)
		must(t, aio.WriteAll(b, []byte("pong")))
		want(t, string(buf[:must(t, aio.Read(a, buf))]), nil, "pong", nil)
	}
	_ = a.CloseWrite()
	must(t, aio.WriteAll(b, []byte("still")))
	want(t, string(buf[:must(t, aio.Read(a, buf))]), nil, "still", nil)
	_ = a.Close()
	_, err := run[int](aio.Write(b, []byte("not any more")))
	want(t, 0, err, 0, io.ErrClosedPipe)
	_, err = run[int](aio.Read(b, buf))
	want(t, 0, err, 0, io.EOF)
}

func TestPipesOfNoSize(t *testing.T) {
	mustPanic(t, func() { aio.Simplex(0) }, "Simplex of 0 bytes; pass 1 or more")
	mustPanic(t, func() { aio.Duplex(-1) }, "Duplex of -1 bytes; pass 1 or more")
}
