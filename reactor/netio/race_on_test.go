//go:build race

package netio_test

import (
	"net"
	"os"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
)

// conversations are programs that the race detector has to judge as it judges the same
// over package net.
var conversations = []struct {
	name string
	race bool
	run  func(t *testing.T)
}{
	{"what is sent comes after what was done before", false, func(t *testing.T) {
		client, server := pair(t)
		x := 0
		go func() {
			x = 1
			_, _ = future.BlockOn[int](future.Box(client.WriteAll([]byte("x"))))
		}()
		_, _ = future.BlockOn[int](future.Box(server.Read(make([]byte, 1))))
		x++
	}},
	{"from a net.Conn", false, func(t *testing.T) {
		l := listen(t, "tcp", "127.0.0.1:0")
		client, server := withNet(t, l)
		x := 0
		go func() {
			x = 1
			_, _ = client.Write([]byte("x"))
		}()
		_, _ = future.BlockOn[int](future.Box(server.Read(make([]byte, 1))))
		x++
	}},
	{"to a net.Conn", false, func(t *testing.T) {
		l := listen(t, "tcp", "127.0.0.1:0")
		client, server := withNet(t, l)
		x := 0
		go func() {
			x = 1
			_, _ = future.BlockOn[int](future.Box(server.WriteAll([]byte("x"))))
		}()
		_, _ = client.Read(make([]byte, 1))
		x++
	}},
	{"a buffer is written while it is sent", true, func(t *testing.T) {
		client, _ := pair(t)
		p := make([]byte, 4)
		done := make(chan struct{})
		go func() {
			_, _ = future.BlockOn[int](future.Box(client.WriteAll(p)))
			close(done)
		}()
		p[2] = 'x'
		<-done
	}},
	{"a buffer is read while it is received into", true, func(t *testing.T) {
		client, server := pair(t)
		must[int](t, future.Box(client.WriteAll([]byte("data"))))
		p := make([]byte, 4)
		done := make(chan struct{})
		go func() {
			_, _ = future.BlockOn[int](future.Box(server.Read(p)))
			close(done)
		}()
		if p[2] == 'x' {
			t.Log("it arrived")
		}
		<-done
	}},
	{"what is done after sending", true, func(t *testing.T) {
		client, server := pair(t)
		x := 0
		done := make(chan struct{})
		go func() {
			_, _ = future.BlockOn[int](future.Box(client.WriteAll([]byte("x"))))
			x = 1
			close(done)
		}()
		_, _ = future.BlockOn[int](future.Box(server.Read(make([]byte, 1))))
		x++
		<-done
	}},
}

// withNet connects to l by package net.
func withNet(t *testing.T, l *netio.Listener) (net.Conn, *netio.Conn) {
	t.Helper()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server := must[*netio.Conn](t, future.Box(l.Accept()))
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// The detector reports what is a race and nothing else. Each conversation runs in a
// process of its own, for a report fails the test that it comes from.
func TestRaceDetectorSeesConversations(t *testing.T) {
	const which = "NETIO_CONVERSATION"
	if name := os.Getenv(which); name != "" {
		for _, c := range conversations {
			if c.name == name {
				c.run(t)
			}
		}
		return
	}
	for _, c := range conversations {
		out, err := testkit.Again(t.Name(), which+"="+c.name, "GORACE=halt_on_error=0 atexit_sleep_ms=0").CombinedOutput()
		if reported := strings.Contains(string(out), "DATA RACE"); reported != c.race {
			t.Errorf("%s: reported %v, want %v (%v)\n%s", c.name, reported, c.race, err, out)
		}
	}
}
