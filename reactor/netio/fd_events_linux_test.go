//go:build !portable

package netio_test

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/future"
)

// Urgent data is read with a flag of its own, and wakes who waits to read.
func TestFDUrgentData(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := duplicate(t, c.(*net.TCPConn))
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	got := make([]byte, 8)
	n := 0
	read := parked[future.Unit](t, future.Box(client.Read(func(fd int) (err error) {
		n, _, err = unix.Recvfrom(fd, got, unix.MSG_OOB)
		if err == unix.EINVAL { // there is none yet
			err = unix.EAGAIN
		}
		return err
	})))
	raw, err := server.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var sent error
	if err := raw.Control(func(fd uintptr) { sent = unix.Sendto(int(fd), []byte("!"), unix.MSG_OOB, nil) }); err != nil || sent != nil {
		t.Fatal(err, sent)
	}
	if _, err := read.end(); err != nil || string(got[:n]) != "!" {
		t.Errorf("read %q, %v", got[:n], err)
	}
}

// What comes by the error queue of a socket, such as the time at which a datagram was sent, wakes who waits to read.
func TestFDErrorQueue(t *testing.T) {
	peer, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	c, err := net.Dial("udp", peer.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	f := duplicate(t, c.(*net.UDPConn))
	if err := f.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPING, unix.SOF_TIMESTAMPING_TX_SOFTWARE|unix.SOF_TIMESTAMPING_SOFTWARE)
	}); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("no timestamps here:", err)
	}
	n := 0
	read := parked[future.Unit](t, future.Box(f.Read(func(fd int) (err error) {
		_, n, _, _, err = unix.Recvmsg(fd, make([]byte, 100), make([]byte, 500), unix.MSG_ERRQUEUE)
		return err
	})))
	must[future.Unit](t, future.Box(f.Write(fdWriter("text"))))
	if _, err := read.end(); err != nil || n == 0 {
		t.Errorf("%d bytes beside the message, %v", n, err)
	}
}
