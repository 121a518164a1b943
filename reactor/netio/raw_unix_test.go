//go:build unix

package netio_test

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// unconnected returns a plain blocking TCP socket.
func unconnected(t *testing.T) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func connectTo(t *testing.T, fd int, a net.Addr) {
	t.Helper()
	to := a.(*net.TCPAddr)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}); err != nil {
		t.Fatal(err)
	}
}
