package testkit

import (
	"net"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// IdleConns is how many connections [IdleBytes] looks at.
const IdleConns = 2000

// IdleBytes returns what an idle connection of a server in this process takes, after an answer to each of these messages. It fails if one
// takes a goroutine. The clients are bare descriptors.
func IdleBytes(t testing.TB, address string, messages ...[]byte) int64 {
	t.Helper()
	addr, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	fds := make([]int, 0, 2*IdleConns)
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
		for _, m := range messages {
			if _, err := unix.Write(fd, m); err != nil {
				t.Fatal(err)
			}
			if n, err := unix.Read(fd, buf); err != nil || n == 0 {
				t.Fatal(n, err)
			}
		}
	}
	for range 500 {
		open() // what grows in steps: the slab of the reactor, the worker's list of tasks
	}
	before, goroutines := heap(), runtime.NumGoroutine()
	for range IdleConns {
		open()
	}
	each := (heap() - before) / IdleConns
	if n := runtime.NumGoroutine(); n > goroutines+5 {
		t.Errorf("%d goroutines more for %d idle connections", n-goroutines, IdleConns)
	}
	return each
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what a sync.Pool keeps goes with the second one
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
