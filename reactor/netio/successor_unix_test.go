//go:build (linux || darwin || freebsd) && !portable

package netio_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// failing is a successor that does not become one.
func failing(how string) error {
	switch how {
	case "dies":
		os.Exit(7)
	case "ends":
		return nil
	case "kills itself":
		self, _ := os.FindProcess(os.Getpid())
		return self.Kill()
	}
	if _, err := netio.TakePassed(); err != nil {
		return err
	}
	fmt.Println("here")
	_, err := os.Stdin.Read(make([]byte, 1)) // until it is killed
	return err
}

// A successor that dies before it is ready, or is not until the context is done, is told of and gone, and the listener goes on.
func TestSuccessorThatFails(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	file, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	passed := netio.Passed{Name: "main", File: file}
	limit, cancelLimit := context.WithTimeout(t.Context(), patience)
	defer cancelLimit()
	for _, c := range []struct {
		how, want string
		code      int
	}{
		{"dies", "ended without saying that it is ready: exit status 7", 7},
		{"ends", "ended without saying that it is ready: exit status 0", 0},
		{"kills itself", "ended without saying that it is ready: signal: killed", -1},
	} {
		cmd := successor(c.how)
		err := netio.StartSuccessor(limit, cmd, passed)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want one that says %q", c.how, err, c.want)
		}
		if exit, ok := errors.AsType[*exec.ExitError](err); ok != (c.code != 0) || ok && exit.ExitCode() != c.code {
			t.Errorf("%s: %v; want the code %d", c.how, err, c.code)
		}
	}

	ctx, cancel := context.WithCancelCause(limit)
	cmd := successor("waits")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	said, says, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd.Stdout = says
	impatient := errors.New("long enough")
	go func() {
		bufio.NewReader(said).ReadString('\n')
		cancel(impatient)
	}()
	err = netio.StartSuccessor(ctx, cmd, passed)
	says.Close()
	if !errors.Is(err, impatient) || !strings.Contains(err.Error(), "was killed, as it had not said that it is ready") {
		t.Errorf("one that waits: %v", err)
	}
	if cmd.ProcessState == nil {
		t.Error("it was left to itself")
	}
	cmd = successor("waits")
	if err := netio.StartSuccessor(ctx, cmd, passed); !errors.Is(err, impatient) || cmd.Process != nil {
		t.Errorf("after the context was done: %v, %v", err, cmd.Process)
	}
	connect(t, l)
}

func TestSuccessorThatCannotBe(t *testing.T) {
	if err := netio.StartSuccessor(t.Context(), exec.Command("/nowhere/at/all")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a program that is not there: ", err)
	}
	if err := netio.StartSuccessor(t.Context(), exec.Command("true"), netio.Passed{Name: "a"}); err == nil {
		t.Error("no file was taken")
	}
	if err := netio.NotifyReady(); err != nil {
		t.Error("without anybody to be told: ", err)
	}
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	_, err = sched.Spawn(rt, future.Do(func(*future.Co) error {
		return netio.StartSuccessor(context.Background(), exec.Command("true"))
	})).Wait(t.Context())
	if !errors.Is(err, future.ErrOnWorker) {
		t.Error("on a worker: ", err)
	}
	t.Setenv("LISTEN_PID", fmt.Sprint(os.Getpid()))
	t.Setenv("LISTEN_FDS", "0")
	t.Setenv("MAGPIE_READY_FD", "x")
	if _, err := netio.TakePassed(); err == nil || !strings.Contains(err.Error(), "MAGPIE_READY_FD") {
		t.Error("no number to be ready by: ", err)
	}
}

// Who has connected, and sent a request, before the listener is closed is accepted by whoever has its file.
func TestListenerFileKeepsTheQueue(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	f, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	client := must(t, netio.Dial("tcp", l.Addr().String()))
	defer client.Close()
	must[int](t, future.Box(client.WriteAll([]byte("hello"))))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := netio.Passed{Name: "main", File: f}.Listener()
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	server := must[*netio.Conn](t, future.Box(next.Accept()))
	defer server.Close()
	if got := readFull(t, server, 5); got != "hello" {
		t.Errorf("got %q", got)
	}
	must[int](t, future.Box(server.WriteAll([]byte("world"))))
	if got := readFull(t, client, 5); got != "world" {
		t.Errorf("the client got %q", got)
	}
}

// What has come to a socket of datagrams is read by whoever has its file.
func TestPacketConnFile(t *testing.T) {
	p := packetConn(t, "udp4", "127.0.0.1:0")
	client := connected(t, p)
	f, err := p.File()
	if err != nil {
		t.Fatal(err)
	}
	must[int](t, future.Box(client.WriteTo([]byte("x"), netip.AddrPort{})))
	p.Close()
	next, err := netio.Passed{Name: "udp", File: f}.PacketConn()
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if got := readPacket(t, next, 8); string(got.Bytes()) != "x" || got.Addr != client.LocalAddr().AddrPort() {
		t.Errorf("got %q of %v", got.Bytes(), got.Addr)
	}
	if _, err := p.File(); !errors.Is(err, net.ErrClosed) {
		t.Error("after Close: ", err)
	}
}
