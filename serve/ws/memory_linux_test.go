//go:build !portable && !race

// Left out under the race detector, which has memory of its own, and of the portable build, whose sockets are goroutines.

package ws_test

import (
	"net"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// An idle connection takes some 800 bytes, and no goroutine, after an echo. Its client is a bare descriptor.
func TestIdleConnectionIsSmall(t *testing.T) {
	const conns, most = 2000, 1000
	at, _ := start(t, ws.Config{Message: echo}, 1)
	addr, err := net.ResolveTCPAddr("tcp4", at)
	if err != nil {
		t.Fatal(err)
	}
	hello, buf := []byte(request+"\r\n"), make([]byte, 4096)
	message := wire.AppendMasked(nil, wire.Text, "hello", [4]byte{1, 2, 3, 4})
	fds := make([]int, 0, 2*conns)
	t.Cleanup(func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
	})
	open := func() {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err == unix.EMFILE {
			t.Skip("5,000 descriptors are not to be had")
		}
		if err != nil {
			t.Fatal(err)
		}
		fds = append(fds, fd)
		if err := unix.Connect(fd, &unix.SockaddrInet4{Port: addr.Port, Addr: [4]byte(addr.IP.To4())}); err != nil {
			t.Fatal(err)
		}
		for _, out := range [][]byte{hello, message} {
			if _, err := unix.Write(fd, out); err != nil {
				t.Fatal(err)
			}
			if n, err := unix.Read(fd, buf); err != nil || n == 0 {
				t.Fatal(n, err)
			}
		}
	}
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what a sync.Pool keeps goes with the second one
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc + m.StackInuse)
	}
	for range 500 {
		open() // what grows in steps: the slab of the reactor, the worker's list of tasks
	}
	before, goroutines := heap(), runtime.NumGoroutine()
	for range conns {
		open()
	}
	each := (heap() - before) / conns
	t.Logf("%d bytes a connection", each)
	if each > most {
		t.Errorf("an idle connection takes %d bytes", each)
	}
	if n := runtime.NumGoroutine(); n > goroutines+5 {
		t.Errorf("%d goroutines more for %d idle connections", n-goroutines, conns)
	}
}
