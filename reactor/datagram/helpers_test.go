package datagram_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/datagram"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken")

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

type pending struct{}

// script is a socket that does what it is told, a step a call: what is read is a packet, whose Data is copied, what is written is taken
// after the steps. Both may be pending once, or an error.
type script struct {
	reads, writes []any
	sent          []string
	forgot        int
}

func (s *script) PollReadFrom(cx *waker.Context, b []byte) future.Poll[netio.Packet] {
	if len(s.reads) == 0 {
		return future.Pending[netio.Packet]()
	}
	step := s.reads[0]
	s.reads = s.reads[1:]
	switch step := step.(type) {
	case netio.Packet:
		n := copy(b, step.Data)
		step.N, step.Truncated, step.Data = n, n < len(step.Data), b
		return future.Ready(step)
	case error:
		return future.Failed[netio.Packet](step)
	}
	cx.Waker().WakeByRef()
	return future.Pending[netio.Packet]()
}

func (s *script) PollWriteTo(cx *waker.Context, b []byte, to netip.AddrPort) future.Poll[int] {
	if len(s.writes) > 0 {
		step := s.writes[0]
		s.writes = s.writes[1:]
		switch step := step.(type) {
		case error:
			return future.Failed[int](step)
		case int:
			return future.Ready(step)
		}
		cx.Waker().WakeByRef()
		return future.Pending[int]()
	}
	s.sent = append(s.sent, fmt.Sprintf("%s to %v", b, to))
	return future.Ready(len(b))
}

func (s *script) ForgetRead()  { s.forgot++ }
func (s *script) ForgetWrite() { s.forgot++ }

// from is what a peer sends.
func from(port uint16, data string) netio.Packet {
	return netio.Packet{Data: []byte(data), Addr: peer(port)}
}

func peer(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

// run runs an operation to its end, on this goroutine.
func run[T any, F future.Op[T]](op F) (T, error) {
	return future.BlockOn(future.Box(clock.Timeout(op, patience)))
}

func must[T any, F future.Op[T]](t *testing.T, op F) T {
	t.Helper()
	v, err := run[T](op)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// comes checks what a stream has next: a message as its frame and the port of its sender, or an error.
func comes(t *testing.T, s future.Stream[datagram.Message[[]byte]], port uint16, want any) {
	t.Helper()
	m, err := run[datagram.Message[[]byte]](future.Next(s))
	if m.Addr.Port() != port {
		t.Errorf("from port %d, want %d", m.Addr.Port(), port)
	}
	if wantErr, ok := want.(error); ok {
		if !errors.Is(err, wantErr) {
			t.Fatalf("it came to %q, %v; want %v", m.Frame, err, wantErr)
		}
	} else if err != nil || string(m.Frame) != want {
		t.Fatalf("it came to %q, %v; want %q", m.Frame, err, want)
	}
}

func wantSent(t *testing.T, s *script, want ...string) {
	t.Helper()
	if !slices.Equal(s.sent, want) {
		t.Fatalf("sent %q, want %q", s.sent, want)
	}
}

func mustPanic(t *testing.T, f func(), message string) {
	t.Helper()
	defer func() {
		t.Helper()
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), message) {
			t.Errorf("recovered %v, want a panic with %q", v, message)
		}
	}()
	f()
}

// context is a poll with so many operations left.
func context(n int) *waker.Context {
	b := waker.NewBudget(n)
	cx := waker.NewContext(waker.Noop(), nil, &b)
	return &cx
}

// socket is a socket of this machine.
func socket(t *testing.T) (*netio.PacketConn, netip.AddrPort) {
	t.Helper()
	p, err := netio.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p, p.LocalAddr().AddrPort()
}

// again is a socket that always has a datagram, and takes all.
type again struct{}

func (*again) PollReadFrom(cx *waker.Context, b []byte) future.Poll[netio.Packet] {
	return future.Ready(netio.Packet{Data: b, N: copy(b, "a line\n"), Addr: peer(1)})
}

func (*again) PollWriteTo(cx *waker.Context, b []byte, to netip.AddrPort) future.Poll[int] {
	return future.Ready(len(b))
}
