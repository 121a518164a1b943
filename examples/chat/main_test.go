package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each runs f with the address of a server of each kind.
func each(t *testing.T, f func(t *testing.T, addr string)) {
	for name, serve := range map[string]func(context.Context, string, func(net.Addr)) error{"magpie": serveMagpie, "plain": servePlain} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(context.Background())
			addr, served := make(chan string, 1), make(chan error, 1)
			go func() { served <- serve(ctx, "127.0.0.1:0", func(a net.Addr) { addr <- a.String() }) }()
			t.Cleanup(func() { // before the clients leave
				stop()
				if err := <-served; err != nil {
					t.Errorf("the server ended with %v", err)
				}
			})
			select {
			case a := <-addr:
				f(t, a)
			case err := <-served:
				served <- err
			}
		})
	}
}

// client is one who chats.
type client struct {
	net.Conn
	in *bufio.Reader
}

func enter(t *testing.T, addr, room, name string) client {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "%s %s\n", room, name)
	in := client{c, bufio.NewReader(c)}
	if room != "" {
		in.hears(t, "you are in "+room)
	}
	return in
}

func (c client) hears(t *testing.T, want string) {
	t.Helper()
	if got, err := c.in.ReadString('\n'); got != want+"\n" || err != nil {
		t.Fatalf("heard %q, %v; want %q", got, err, want)
	}
}

func TestRooms(t *testing.T) {
	each(t, func(t *testing.T, addr string) {
		anna := enter(t, addr, "lobby", "anna")
		fmt.Fprintln(anna, "is anybody here?") // nobody is
		ben := enter(t, addr, "lobby", "ben")
		carl := enter(t, addr, "cellar", "carl")
		dora := enter(t, addr, "cellar", "dora")
		fmt.Fprint(anna, "one\ntwo\nthr")
		fmt.Fprint(anna, "ee\n")
		for line := ""; line != "anna: three\n"; { // what was asked before may come late
			got, err := ben.in.ReadString('\n')
			if err != nil || !strings.HasPrefix(got, "anna: ") {
				t.Fatalf("heard %q, %v", got, err)
			}
			line = got
		}
		fmt.Fprintln(carl, "it is dark")
		dora.hears(t, "carl: it is dark")
		ben.Close()
		fmt.Fprintln(carl, "good night")
		dora.hears(t, "carl: good night")
	})
}

// Who does not say where he wants to go is told, and whose lines have no end is not listened to.
func TestMisfits(t *testing.T) {
	each(t, func(t *testing.T, addr string) {
		c := enter(t, addr, "", "")
		c.hears(t, `" ": want a room and a name`)
		if _, err := c.in.ReadByte(); err != io.EOF {
			t.Errorf("and then %v", err)
		}
		d := enter(t, addr, "lobby", "dora")
		d.Write(bytes.Repeat([]byte("x"), longestLine))
		if _, err := d.in.ReadByte(); err == nil {
			t.Error("a line without an end was taken")
		}
	})
}

// Who does not read what is said is shown the door, and does not hold up the others.
func TestSlowReader(t *testing.T) {
	each(t, func(t *testing.T, addr string) {
		talker := enter(t, addr, "lobby", "talker")
		slow := enter(t, addr, "lobby", "slow")
		const much = 40 << 20 // more than the system's buffers hold
		line := append(bytes.Repeat([]byte("x"), 4000), '\n')
		for range much / len(line) {
			if _, err := talker.Write(line); err != nil {
				t.Fatal(err)
			}
		}
		talker.Conn.(*net.TCPConn).CloseWrite()
		if _, err := talker.in.ReadByte(); err != io.EOF { // all has been said
			t.Fatal(err)
		}
		if n, _ := io.Copy(io.Discard, slow); n >= much {
			t.Errorf("%d bytes were kept for who does not read", n)
		}
	})
}
