package conformance

import (
	"context"
	"net"
	"testing"

	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/net/nettest"
)

// A GoConn is what golang.org/x/net asks of every net.Conn.
func TestGoConn(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
				addr := "127.0.0.1:0"
				if network == "unix" {
					if !nettest.TestableNetwork("unix") {
						t.Skip("no Unix sockets here")
					}
					if addr, err = nettest.LocalPath(); err != nil {
						return nil, nil, nil, err
					}
				}
				under, err := netio.Listen(network, addr)
				if err != nil {
					return nil, nil, nil, err
				}
				l := netio.NewGoListener(under)
				defer l.Close()
				if c1, err = netio.GoDial(context.Background(), network, l.Addr().String()); err != nil {
					return nil, nil, nil, err
				}
				if c2, err = l.Accept(); err != nil {
					return nil, nil, nil, err
				}
				return c1, c2, func() {
					_ = c1.Close()
					_ = c2.Close()
				}, nil
			})
		})
	}
}
