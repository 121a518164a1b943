package netio_test

import (
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// An address that does not answer is not waited for: the next one is tried beside it, and what loses is closed.
func TestDialRaces(t *testing.T) {
	needsDialer(t)
	hangs := fullTCP(t)
	_, port, _ := net.SplitHostPort(hangs.String())
	good, err := netio.Listen("tcp", "127.0.0.2:"+port)
	if err != nil {
		t.Skip("only one address of the loopback can be used here: ", err)
	}
	defer good.Close()
	before := sockets(t)
	dc := netio.DialConfig{
		Resolver:     answers{"ip6": {err: errRefusedByTest}, "ip4": {addrs: "127.0.0.1 127.0.0.2"}},
		AttemptDelay: time.Millisecond,
	}
	c := must(t, dc.Dial("tcp", "host.test:"+port))
	if got := c.RemoteAddr().String(); got != good.Addr().String() {
		t.Errorf("connected to %s", got)
	}
	c.Close()
	must[*netio.Conn](t, future.Box(good.Accept())).Close()
	if after := sockets(t); after != before {
		t.Errorf("%d sockets before, %d after", before, after)
	}

	dc.AttemptDelay = -1 // the first is waited for, whatever that takes
	d := parked(t, dc.Dial("tcp", "host.test:"+port))
	future.Drop(d.f)
	if after := sockets(t); after != before {
		t.Errorf("after a drop %d sockets, %d before", after, before)
	}
}
