package netio_test

import (
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

// task is an executor for one future, polled when the test says so.
type task[T any] struct {
	t     *testing.T
	f     future.Future[T]
	woken chan struct{}
	cx    waker.Context
}

// start polls f once; a future that waits has its waker in place then.
func start[T any](t *testing.T, f future.Future[T]) (*task[T], future.Poll[T]) {
	t.Helper()
	k := &task[T]{t: t, f: f, woken: make(chan struct{}, 1)}
	k.cx = waker.FromWaker(waker.FromFunc(func() {
		select {
		case k.woken <- struct{}{}:
		default:
		}
	}))
	return k, f.Poll(&k.cx)
}

// parked starts a future that has to wait.
func parked[T any](t *testing.T, f future.Future[T]) *task[T] {
	t.Helper()
	k, p := start(t, f)
	for p.IsPending() && k.wasWoken() { // a look-up, a spurious wake-up
		p = f.Poll(&k.cx)
	}
	if p.IsReady() {
		v, err := p.Result()
		t.Fatalf("ready with %v, %v; it should wait", v, err)
	}
	return k
}

func (k *task[T]) wasWoken() bool {
	select {
	case <-k.woken:
		return true
	default:
		return false
	}
}

// end polls at each wake-up until the future is ready.
func (k *task[T]) end() (T, error) {
	k.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		select {
		case <-k.woken:
		case <-limit.C:
			k.t.Fatal("never woken")
		}
		if p := k.f.Poll(&k.cx); p.IsReady() {
			return p.Result()
		}
	}
}

// await ends a future that may be ready at once.
func await[T any](t *testing.T, f future.Future[T]) (T, error) {
	t.Helper()
	k, p := start(t, f)
	if p.IsReady() {
		return p.Result()
	}
	return k.end()
}

func must[T any](t *testing.T, f future.Future[T]) T {
	t.Helper()
	v, err := await(t, f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// mustFail ends a future that has to fail with an error of that kind.
func mustFail[T any](t *testing.T, f future.Future[T], want error) error {
	t.Helper()
	v, err := await(t, f)
	if !errors.Is(err, want) {
		t.Fatalf("ended with %v, %v; want %v", v, err, want)
	}
	return err
}

// networks are what this machine can listen on.
func networks(t *testing.T) map[string]string {
	all := map[string]string{"tcp4": "127.0.0.1:0", "unix": socketPath(t)}
	if l, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		l.Close()
		all["tcp6"] = "[::1]:0"
	}
	return all
}

func socketPath(t *testing.T) string { return filepath.Join(t.TempDir(), "s") }

func listen(t *testing.T, network, address string) *netio.Listener {
	t.Helper()
	l, err := netio.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// connect returns both ends of a connection.
func connect(t *testing.T, l *netio.Listener) (client, server *netio.Conn) {
	t.Helper()
	client = must(t, netio.Dial(l.Addr().Network(), l.Addr().String()))
	server = must[*netio.Conn](t, future.Box(l.Accept()))
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// pair is connect over TCP on the loopback.
func pair(t *testing.T) (client, server *netio.Conn) {
	t.Helper()
	return connect(t, listen(t, "tcp", "127.0.0.1:0"))
}

// readFull reads exactly n bytes.
func readFull(t *testing.T, c *netio.Conn, n int) string {
	t.Helper()
	p := make([]byte, n)
	for done := 0; done < n; {
		done += must[int](t, future.Box(c.Read(p[done:])))
	}
	return string(p)
}

func mustEOF(t *testing.T, c *netio.Conn) {
	t.Helper()
	if n, err := await[int](t, future.Box(c.Read(make([]byte, 8)))); n != 0 || err != io.EOF {
		t.Fatalf("read %d, %v; want a bare io.EOF", n, err)
	}
}
