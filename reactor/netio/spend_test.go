// Left out of the portable build, where a write is completed by a goroutine and not at once.

//go:build !portable

package netio_test

import (
	"net/netip"
	"os"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// Every completion of every leaf spends of the budget of its poll, whether it succeeds or
// fails: a task that has always something to complete lets others run. Who is told that
// the budget is spent is woken.
func TestEveryCompletionSpends(t *testing.T) {
	conn := func() *netio.Conn { c, _ := pair(t); return c }
	closed := conn()
	closed.Close()
	late := conn()
	mustSet(t, late.SetDeadline, past)
	open := conn()
	ended, peer := pair(t)
	peer.Close()
	must[int](t, future.Box(open.Write([]byte("x"))))
	listener := listen(t, "tcp", "127.0.0.1:0")
	listener.Close()
	packets := packetConn(t, "udp4", "127.0.0.1:0")
	must[int](t, future.Box(packets.WriteTo([]byte("x"), packets.LocalAddr().AddrPort())))
	must[netio.Packet](t, future.Box(packets.PeekFrom(nil)))
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var timer reactor.Timer
	timer.Reset(0)
	must[future.Unit](t, &timer)
	mustEOF(t, ended)
	some, none := make([]byte, 1), []byte{}

	for name, leaf := range map[string]func() future.Future[future.Unit]{
		"read of a closed Conn":        func() future.Future[future.Unit] { return unit[int](future.Box(closed.Read(some))) },
		"write to a closed Conn":       func() future.Future[future.Unit] { return unit[int](future.Box(closed.Write(some))) },
		"WriteAll to a closed Conn":    func() future.Future[future.Unit] { return unit[int](future.Box(closed.WriteAll(some))) },
		"read beyond its deadline":     func() future.Future[future.Unit] { return unit[int](future.Box(late.Read(some))) },
		"write beyond its deadline":    func() future.Future[future.Unit] { return unit[int](future.Box(late.Write(some))) },
		"WriteAll beyond its deadline": func() future.Future[future.Unit] { return unit[int](future.Box(late.WriteAll(some))) },
		"read into nothing":            func() future.Future[future.Unit] { return unit[int](future.Box(open.Read(none))) },
		"write of nothing":             func() future.Future[future.Unit] { return unit[int](future.Box(open.Write(none))) },
		"WriteAll of nothing":          func() future.Future[future.Unit] { return unit[int](future.Box(open.WriteAll(none))) },
		"WriteAll":                     func() future.Future[future.Unit] { return unit[int](future.Box(open.WriteAll(some))) },
		"read at the end":              func() future.Future[future.Unit] { return unit[int](future.Box(ended.Read(some))) },
		"accept of a closed Listener":  func() future.Future[future.Unit] { return unit[*netio.Conn](future.Box(listener.Accept())) },
		"a look at a datagram":         func() future.Future[future.Unit] { return unit[netio.Packet](future.Box(packets.PeekFrom(none))) },
		"SendFile of nothing":          func() future.Future[future.Unit] { return unit[int64](future.Box(open.SendFile(file, 0, 0))) },
		"a datagram to another family": func() future.Future[future.Unit] {
			return unit[int](future.Box(packets.WriteTo(some, netip.MustParseAddrPort("[::1]:9"))))
		},
		"datagrams to another family": func() future.Future[future.Unit] {
			return unit[int](future.Box(packets.WriteBatch([]netio.Packet{{Data: some, Addr: netip.MustParseAddrPort("[::1]:9")}})))
		},
		"no datagram":                 func() future.Future[future.Unit] { return unit[int](future.Box(packets.ReadBatch(nil))) },
		"a message from a TCP socket": func() future.Future[future.Unit] { return unit[netio.Message](future.Box(open.ReadMessage(some))) },
		"a message to a TCP socket":   func() future.Future[future.Unit] { return unit[int](future.Box(open.WriteMessage(some))) },
		"a timer that has fired":      func() future.Future[future.Unit] { return &timer },
	} {
		const budget = 5
		woken, completed := false, 0
		left := waker.NewBudget(budget)
		cx := waker.NewContext(waker.FromFunc(func() { woken = true }), nil, &left)
		for completed <= budget {
			f := leaf()
			p := f.Poll(&cx)
			if p.IsPending() {
				future.Drop(f)
				break
			}
			completed++
		}
		switch {
		case completed > budget:
			t.Errorf("%s: completes without spending", name)
		case completed == 0:
			t.Errorf("%s: does not complete at once", name)
		case completed == budget && !woken:
			t.Errorf("%s: told that the budget is spent, and never woken", name)
		}
	}
}
