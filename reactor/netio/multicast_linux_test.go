package netio_test

import (
	"net"
	"net/netip"
	goruntime "runtime"
	"testing"

	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// An interface without an IPv4 address can be joined by, and be left by. The test has one in a network of its own.
func TestMulticastByAnInterfaceWithoutAddress(t *testing.T) {
	done := make(chan error)
	go func() {
		defer close(done)
		goruntime.LockOSThread() // for good: the thread ends with the goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Log("no network of its own: ", err)
			return
		}
		lo, err := net.InterfaceByIndex(1)
		if err != nil {
			t.Log(err)
			return
		}
		if addrs, err := lo.Addrs(); len(addrs) > 0 || err != nil {
			t.Log(addrs, err)
			return
		}
		p, err := netio.ListenPacket("udp4", "0.0.0.0:0")
		if err != nil {
			done <- err
			return
		}
		defer p.Close()
		group := netip.MustParseAddr("224.0.0.251")
		for _, set := range []func() error{
			func() error { return p.JoinGroup(group, lo) },
			func() error { return p.SetMulticastInterface(lo) },
			func() error { return p.LeaveGroup(group, lo) },
		} {
			if err := set(); err != nil {
				done <- err
				return
			}
		}
	}()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
