//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio_test

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A zone that no interface has is refused by its name: without it the system would choose another interface, as for a group.
func TestZoneOfNoInterface(t *testing.T) {
	const zone = "nosuch0"
	p, err := netio.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	defer p.Close()
	self := p.LocalAddr().AddrPort()
	group := netip.MustParseAddrPort("[ff02::1%" + zone + "]:9")
	from := netip.AddrPortFrom(netip.MustParseAddr("::1").WithZone(zone), 0)
	tell := func(what string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), `"`+zone+`"`) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = await[int](t, future.Box(p.WriteTo([]byte("x"), group)))
	tell("WriteTo", err)
	_, err = p.TryWriteTo([]byte("x"), group)
	tell("TryWriteTo", err)
	n, err := await[int](t, future.Box(p.WriteBatch([]netio.Packet{{Data: []byte("x"), Addr: self}, {Data: []byte("x"), Addr: group}, {Data: []byte("x"), Addr: self}})))
	if tell("WriteBatch", err); n != 1 {
		t.Errorf("WriteBatch has sent %d before it", n)
	}
	_, err = await(t, netio.Dial("tcp", "[2001:db8::1%"+zone+"]:9"))
	tell("Dial", err)
	_, err = await(t, netio.DialConfig{LocalAddr: from}.Dial("tcp", "[::1]:9"))
	tell("Dial from there", err)
	_, err = netio.Listen("tcp", "[::1%"+zone+"]:0")
	tell("Listen", err)
	_, err = netio.ListenPacket("udp", "[::1%"+zone+"]:0")
	tell("ListenPacket", err)
	_, err = netio.DialPacket("udp", "[2001:db8::1%"+zone+"]:9")
	tell("DialPacket", err)
}

// An interface may be named by its number.
func TestZoneIsANumber(t *testing.T) {
	lo, err := net.InterfaceByIndex(1)
	if err != nil {
		t.Skip(err)
	}
	for _, zone := range []string{"1", lo.Name} {
		l, err := netio.Listen("tcp", "[::1%"+zone+"]:0")
		if err != nil {
			t.Skip(err)
		}
		l.Close()
	}
}

// The zone of a group names the interface to join by, as a nil one would be any; what is no interface is refused.
func TestGroupOfAZone(t *testing.T) {
	lo := loopback(t)
	p, err := netio.ListenPacket("udp6", "[::]:0")
	if err != nil {
		t.Skip(err)
	}
	defer p.Close()
	group := netip.MustParseAddr("ff02::114")
	for _, zone := range []string{lo.Name, strconv.Itoa(lo.Index)} {
		if err := p.JoinGroup(group.WithZone(zone), nil); err != nil {
			t.Skip("no multicast here: ", err)
		}
		if err := p.LeaveGroup(group, lo); err != nil {
			t.Errorf("it was not joined by the interface of the zone: %v", err)
		}
		if err := p.JoinGroup(group.WithZone(zone), lo); err != nil {
			t.Error(err)
		}
		if err := p.LeaveGroup(group.WithZone(zone), nil); err != nil {
			t.Error(err)
		}
	}
	for what, err := range map[string]error{
		"a zone of no interface":      p.JoinGroup(group.WithZone("nosuch0"), nil),
		"a zone of no interface, too": p.JoinGroup(group.WithZone("nosuch0"), lo),
		"a zone of another interface": p.JoinGroup(group.WithZone(lo.Name), &net.Interface{Index: lo.Index + 1000, Name: "other"}),
		"no interface":                p.JoinGroup(group, new(net.Interface)),
		"no interface to leave by":    p.SetMulticastInterface(new(net.Interface)),
	} {
		if !errors.Is(err, syscall.EINVAL) || !strings.Contains(err.Error(), "want") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
