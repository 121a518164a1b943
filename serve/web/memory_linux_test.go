//go:build !portable

package web

import (
	"net"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An idle connection takes 600 bytes at most, and no goroutine, whatever it has answered before. Its client is a bare descriptor.
func TestIdleConnectionIsSmall(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has memory of its own")
	}
	const conns = 2000
	s := start(t, Config{Handler: hello})
	addr, err := net.ResolveTCPAddr("tcp4", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	request, buf := []byte(get), make([]byte, 4096)
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
		if _, err := unix.Write(fd, request); err != nil {
			t.Fatal(err)
		}
		if n, err := unix.Read(fd, buf); err != nil || n == 0 {
			t.Fatal(n, err)
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
	t.Logf("%d bytes a connection, %d of them the machine's", each, unsafe.Sizeof(conn{}))
	if each > 600 {
		t.Errorf("an idle connection takes %d bytes", each)
	}
	if n := runtime.NumGoroutine(); n > goroutines+5 {
		t.Errorf("%d goroutines more for %d idle connections", n-goroutines, conns)
	}
}
