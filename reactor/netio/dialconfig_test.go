package netio_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// answers is a resolver of what the test says, when it says so.
type answers map[string]*answer

type answer struct {
	addrs   string // separated by spaces
	err     error
	waits   bool // until that is cleared and waker woken
	waker   waker.AtomicWaker
	dropped bool
}

func (a *answer) Poll(cx *waker.Context) future.Poll[[]netip.Addr] {
	a.waker.Register(cx.Waker())
	if a.waits {
		return future.Pending[[]netip.Addr]()
	}
	var addrs []netip.Addr
	for s := range strings.FieldsSeq(a.addrs) {
		addrs = append(addrs, netip.MustParseAddr(s))
	}
	return future.Done(addrs, a.err)
}

func (a *answer) Drop() { a.dropped = true }

// come ends the wait.
func (a *answer) come() {
	a.waits = false
	if w, ok := a.waker.Take(); ok {
		w.Wake()
	}
}

func (a answers) LookupIP(family, host string) future.Future[[]netip.Addr] {
	if host != "host.test" {
		panic("asked for " + host)
	}
	return a[family]
}

var errRefusedByTest = errors.New("refused by the test")

// order is a Control that notes what is tried, and lets all of it fail.
type order []string

func (o *order) control(network, address string, _ uintptr) error {
	*o = append(*o, network+" "+address)
	return errRefusedByTest
}

func needsDialer(t *testing.T) {
	t.Helper()
	if !dialsQueue {
		t.Skip("on this build package net dials")
	}
}

// Addresses of the two families take turns, IPv6 first.
func TestDialOrder(t *testing.T) {
	needsDialer(t)
	var tried order
	dc := netio.DialConfig{
		Control:  tried.control,
		Resolver: answers{"ip6": {addrs: "::1 ::2 ::3"}, "ip4": {addrs: "127.0.0.1 127.0.0.2"}},
	}
	err := mustFail(t, dc.Dial("tcp", "host.test:7"), errRefusedByTest)
	want := []string{"tcp6 [::1]:7", "tcp4 127.0.0.1:7", "tcp6 [::2]:7", "tcp4 127.0.0.2:7", "tcp6 [::3]:7"}
	if !slices.Equal(tried, want) {
		t.Errorf("tried %q, want %q", tried, want)
	}
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr.String() != "[::1]:7" {
		t.Errorf("%v is not the error of the first attempt", err)
	}
	for network, want := range map[string]string{"tcp4": "tcp4 127.0.0.1:7", "tcp6": "tcp6 [::1]:7"} {
		tried = nil
		mustFail(t, dc.Dial(network, "host.test:7"), errRefusedByTest)
		if len(tried) == 0 || tried[0] != want || slices.ContainsFunc(tried, func(s string) bool { return !strings.HasPrefix(s, network) }) {
			t.Errorf("%s: tried %q", network, tried)
		}
	}
	tried = nil
	mustFail(t, dc.Dial("tcp", "host.test:http"), errRefusedByTest)
	if len(tried) != 5 || tried[0] != "tcp6 [::1]:80" {
		t.Errorf("a port by name: %q", tried)
	}
}

// IPv4 addresses that are found first wait for the IPv6 ones, but not for ever.
func TestDialResolutionDelay(t *testing.T) {
	needsDialer(t)
	for _, how := range []string{"comes", "fails", "is late", "is late and comes"} {
		var tried order
		six := &answer{addrs: "::1", waits: true}
		dc := netio.DialConfig{
			Control:         tried.control,
			Resolver:        answers{"ip6": six, "ip4": {addrs: "127.0.0.1"}},
			ResolutionDelay: time.Hour,
		}
		if strings.HasPrefix(how, "is late") {
			dc.ResolutionDelay = time.Millisecond
		}
		d, p := start(t, dc.Dial("tcp", "host.test:7"))
		if p.IsReady() || len(tried) > 0 {
			t.Fatalf("%s: tried %q at once", how, tried)
		}
		want := []string{"tcp6 [::1]:7", "tcp4 127.0.0.1:7"}
		switch how {
		case "fails":
			six.err, six.addrs = errRefusedByTest, ""
			want = want[1:]
			six.come()
		case "comes":
			six.come()
		default:
			for len(tried) == 0 {
				<-d.woken
				if d.f.Poll(&d.cx).IsReady() {
					t.Fatalf("%s: it did not wait for the second look-up", how)
				}
			}
			if how == "is late" {
				six.addrs = ""
				want = want[1:]
			} else {
				want = []string{want[1], want[0]}
			}
			six.come()
		}
		if _, err := d.end(); !errors.Is(err, errRefusedByTest) {
			t.Errorf("%s: %v", how, err)
		}
		if !slices.Equal(tried, want) {
			t.Errorf("%s: tried %q, want %q", how, tried, want)
		}
	}
}

// A dial that is given up during the look-ups gives those up.
func TestDroppedDialDropsItsLookUps(t *testing.T) {
	needsDialer(t)
	six, four := &answer{waits: true}, &answer{waits: true}
	d := parked(t, netio.DialConfig{Resolver: answers{"ip6": six, "ip4": four}}.Dial("tcp", "host.test:7"))
	future.Drop(d.f)
	if !six.dropped || !four.dropped {
		t.Error("a look-up goes on")
	}
	fails := answers{"ip6": {err: errors.New("of IPv6")}, "ip4": {err: errors.New("of IPv4")}}
	if _, err := await(t, netio.DialConfig{Resolver: fails}.Dial("tcp", "host.test:7")); err == nil || !strings.Contains(err.Error(), "of IPv4") {
		t.Error("both look-ups failed: ", err)
	}
	none := answers{"ip6": {}, "ip4": {}}
	if _, err := await(t, netio.DialConfig{Resolver: none}.Dial("tcp", "host.test:7")); err == nil || !strings.Contains(err.Error(), "host.test has no address") {
		t.Error("no addresses: ", err)
	}
}

func TestDialFromALocalAddress(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	anyPort := netip.MustParseAddrPort("127.0.0.1:0")
	dc := netio.DialConfig{LocalAddr: anyPort}
	for given := false; ; {
		c, err := await(t, dc.Dial("tcp", l.Addr().String()))
		if given && errors.Is(err, syscall.EADDRINUSE) { // another process was given it meanwhile
			dc.LocalAddr, given = anyPort, false
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		server := must[*netio.Conn](t, future.Box(l.Accept()))
		if got := server.RemoteAddr().String(); got != c.LocalAddr().String() {
			t.Errorf("it comes from %s, and says %s", got, c.LocalAddr())
		}
		// The same again, from a port that is free now.
		dc.LocalAddr = c.LocalAddr().(*net.TCPAddr).AddrPort()
		if err := c.SetLinger(0); err != nil {
			t.Error(err)
		}
		c.Close()
		mustFail[int](t, future.Box(server.Read(make([]byte, 1))), syscall.ECONNRESET)
		server.Close()
		if given {
			break
		}
		given = true
	}
	if !dialsQueue {
		return
	}
	dc.LocalAddr = netip.MustParseAddrPort("[::1]:0")
	if _, err := await(t, dc.Dial("tcp", l.Addr().String())); err == nil || !strings.Contains(err.Error(), "can be dialled from ::1") {
		t.Error("from the other family: ", err)
	}
	if _, err := await(t, dc.Dial("unix", "/tmp/s")); err == nil || !strings.Contains(err.Error(), "LocalAddr") {
		t.Error("for a Unix socket: ", err)
	}
}

func TestDialControl(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	var said string
	dc := netio.DialConfig{Control: func(network, address string, fd uintptr) error {
		said = fmt.Sprint(network, " ", address, " ", fd > 0)
		return nil
	}}
	must(t, dc.Dial("tcp", l.Addr().String())).Close()
	if want := "tcp4 " + l.Addr().String() + " true"; said != want {
		t.Errorf("told %q, want %q", said, want)
	}
	dc.Control = func(string, string, uintptr) error { return errRefusedByTest }
	mustFail(t, dc.Dial("tcp", l.Addr().String()), errRefusedByTest)
	dc.Control = func(string, string, uintptr) error { return syscall.EAGAIN } // which connect may return, to be tried again
	mustFail(t, dc.Dial("tcp", l.Addr().String()), syscall.EAGAIN)
}

func TestPacketControl(t *testing.T) {
	var said string
	control := func(network, address string, fd uintptr) error {
		said = fmt.Sprint(network, " ", address, " ", fd > 0)
		return nil
	}
	p, err := netio.ListenConfig{Control: control}.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if want := "udp4 127.0.0.1:0 true"; said != want {
		t.Errorf("who listens is told %q, want %q", said, want)
	}
	dc := netio.DialConfig{Control: control}
	client, err := dc.DialPacket("udp4", p.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	if want := "udp4 " + p.LocalAddr().String() + " true"; said != want {
		t.Errorf("who dials is told %q, want %q", said, want)
	}
	dc.Control = func(string, string, uintptr) error { return errRefusedByTest }
	if _, err := dc.DialPacket("udp4", p.LocalAddr().String()); !errors.Is(err, errRefusedByTest) {
		t.Error(err)
	}
}

// A server is told the path that a connection of a Unix socket comes from.
func TestDialFromAPath(t *testing.T) {
	path := socketPath(t)
	l := listen(t, "unix", path)
	dc := netio.DialConfig{LocalPath: path + ".client"}
	client := must(t, dc.Dial("unix", path))
	server := must[*netio.Conn](t, future.Box(l.Accept()))
	defer server.Close()
	if got := server.RemoteAddr().String(); got != dc.LocalPath || client.LocalAddr().String() != got {
		t.Errorf("it comes from %v, and says %v", got, client.LocalAddr())
	}
	must[int](t, future.Box(client.WriteAll([]byte("hello"))))
	client.Close()
	if got := readFull(t, server, 5); got != "hello" {
		t.Errorf("read %q", got)
	}
	mustEOF(t, server)
	mustStand(t, dc.LocalPath, "where it came from, after Close")
	mustFail(t, dc.Dial("unix", path), syscall.EADDRINUSE)
	mustFail(t, netio.DialConfig{LocalPath: strings.Repeat("x", 300)}.Dial("unix", path), syscall.EINVAL)
	for what, err := range map[string]error{
		"tcp": second(await(t, dc.Dial("tcp", "127.0.0.1:9"))), "udp": second(dc.DialPacket("udp", "127.0.0.1:9")),
	} {
		if want := "a LocalPath of"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want one that says %q", what, err, want)
		}
	}
}

// So it is when the server's queue is full for a while, and the path is bound once more.
func TestDialFromAPathWaits(t *testing.T) {
	l := full(t)
	dc := netio.DialConfig{LocalPath: l.Addr().String() + ".client"}
	d := parked(t, dc.Dial("unix", l.Addr().String()))
	must[*netio.Conn](t, future.Box(l.Accept())).Close()
	conn, err := d.end()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.LocalAddr().String(); got != dc.LocalPath {
		t.Errorf("it comes from %q", got)
	}
}
