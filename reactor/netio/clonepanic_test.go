package netio_test

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// brokenWaker is one of an executor that cannot make a second one.
func brokenWaker() waker.Waker {
	nothing := func(unsafe.Pointer) {}
	return waker.FromRaw(waker.RawWaker{VTable: &waker.VTable{
		Clone: func(unsafe.Pointer) waker.RawWaker { panic("no clone") },
		Wake:  nothing, WakeByRef: nothing, Drop: nothing,
	}})
}

// breaks polls f with a waker whose Clone panics, and drops it.
func breaks[T any](t *testing.T, f future.Future[T]) {
	t.Helper()
	cx := waker.FromWaker(brokenWaker())
	func() {
		defer func() {
			if recover() != "no clone" {
				t.Error("the panic was lost")
			}
		}()
		f.Poll(&cx)
	}()
	future.Drop(f)
}

// An operation whose task has panicked when it was to wait is over once it is dropped, as one that waits is: another one may wait.
func TestDropAfterAPanicOfTheWaker(t *testing.T) {
	client, server := pair(t)
	buf := make([]byte, 4)
	breaks[int](t, future.Box(server.Read(buf)))
	breaks[future.Unit](t, future.Box(server.Readable()))
	breaks[int](t, future.Box(server.Peek(buf)))
	breaks[int](t, future.Box(server.ReadBuffers([][]byte{buf})))
	breaks[int64](t, future.Box(netio.Splice(client, server)))
	read := parked[int](t, future.Box(server.Read(buf)))
	must[int](t, future.Box(client.Write([]byte("x"))))
	if n, err := read.end(); n != 1 || err != nil {
		t.Errorf("a read after them has read %d bytes, %v", n, err)
	}
	packets := packetConn(t, "udp4", "127.0.0.1:0")
	breaks[netio.Packet](t, future.Box(packets.ReadFrom(buf)))
	breaks[netio.Packet](t, future.Box(packets.PeekFrom(buf)))
	breaks[int](t, future.Box(packets.ReadBatch([]netio.Packet{{Data: buf}})))
	arrives := parked[netio.Packet](t, future.Box(packets.ReadFrom(buf)))
	must[int](t, future.Box(packets.WriteTo([]byte("x"), packets.LocalAddr().AddrPort())))
	if p, err := arrives.end(); p.N != 1 || err != nil {
		t.Errorf("a datagram after them: %+v, %v", p, err)
	}
	l := listen(t, "tcp", "127.0.0.1:0")
	breaks[*netio.Conn](t, future.Box(l.Accept()))
	accept := parked[*netio.Conn](t, future.Box(l.Accept()))
	must(t, netio.Dial("tcp", l.Addr().String())).Close()
	c, err := accept.end()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
