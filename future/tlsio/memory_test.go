package tlsio_test

import (
	"crypto/tls"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/waker"
)

// Reads and writes that find what they need allocate no more than crypto/tls does: nothing to write, and one small
// reader for each record that is read from the stream.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector has pools lose what they are given")
	}
	server, client := linked(t, tls.VersionTLS13, 1<<15)
	msg, buf := text(1000), make([]byte, 1000)
	cx := waker.FromWaker(waker.Noop())
	if n := testing.AllocsPerRun(200, func() {
		w := client.WriteAll(msg)
		if a := w.Poll(&cx); a.IsPending() || a.Err() != nil {
			t.Fatal("the write came to", a)
		}
		if a := server.PollRead(&cx, buf); a.IsPending() || a.Err() != nil {
			t.Fatal("the read came to", a)
		}
	}); n > 2 {
		t.Errorf("%v allocations a message", n)
	}
}

// What an idle connection of a server holds on the heap, after a message of ordinary length.
func TestIdleMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector's own memory is counted too")
	}
	const conns, limit = 100, 8 << 10
	sc, cc := pair(t, tls.VersionTLS13)
	var keep []*tlsio.Conn
	before := heap()
	for range conns {
		a, b := &pipeEnd{}, &pipeEnd{}
		a.peer, b.peer = b, a
		server, client := tlsio.Server(a, sc), tlsio.Client(b, cc)
		both(t, func(co *future.Co) error { return shake(co, server) }, func(co *future.Co) error { return shake(co, client) })
		buf := make([]byte, 1000)
		both(t, func(co *future.Co) error { _, err := server.Read(buf).Await(co); return err },
			func(co *future.Co) error { _, err := client.WriteAll(buf).Await(co); return err })
		a.peer, a.in, a.wait = nil, nil, waker.AtomicWaker{}
		keep = append(keep, server)
	}
	per := (heap() - before) / conns
	t.Logf("%d bytes a connection", per)
	if per > limit {
		t.Errorf("%d bytes a connection, want %d at most", per, limit)
	}
	runtime.KeepAlive(keep)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// pipeEnd is an end of a pipe without a limit, for one goroutine, that weighs nothing when it is empty.
type pipeEnd struct {
	peer *pipeEnd
	in   []byte
	wait waker.AtomicWaker
}

func (p *pipeEnd) PollRead(cx *waker.Context, b []byte) future.Poll[int] {
	if len(p.in) == 0 {
		p.wait.Register(cx.Waker())
		return future.Pending[int]()
	}
	n := copy(b, p.in)
	if p.in = p.in[n:]; len(p.in) == 0 {
		p.in = nil
	}
	return future.Ready(n)
}

func (p *pipeEnd) PollWrite(cx *waker.Context, b []byte) future.Poll[int] {
	p.peer.in = append(p.peer.in, b...)
	p.peer.wait.Wake()
	return future.Ready(len(b))
}

func (p *pipeEnd) Close() error { return nil }
