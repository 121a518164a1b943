package kv_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves until the test ends, or until stop is called. Then the server is closed.
func start(t testing.TB, config kv.Config, workers int) (server *kv.Server, addr string, stop func() error) {
	t.Helper()
	server, err := kv.New(config)
	if err != nil {
		t.Fatal(err)
	}
	addr, stop = testkit.Serve(t, workers, runAndClose(server))
	return server, addr, stop
}

type running = func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error

// runAndClose is the Run of a server that is closed after it.
func runAndClose(server *kv.Server) running {
	return func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
		err := server.Run(ctx, rt, network, address, ready)
		return errors.Join(err, server.Close())
	}
}

// client is one over package net.
type client struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, addr string) *client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute)) // so that no test waits for ever; anew at each command
	return &client{t, c, bufio.NewReader(c)}
}

// send sends a command of words.
func (c *client) send(words ...string) {
	c.t.Helper()
	c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := c.Write(resp.AppendCommand(nil, words...)); err != nil {
		c.t.Fatal(err)
	}
}

// reply returns the bytes of the next reply.
func (c *client) reply() string {
	c.t.Helper()
	s, err := c.tryReply()
	if err != nil {
		c.t.Fatalf("%v after %q", err, s)
	}
	return s
}

func (c *client) tryReply() (string, error) {
	var r resp.Reply
	var all []byte
	for need := 1; !r.Done(); need = c.r.Buffered() + 1 {
		if _, err := c.r.Peek(need); err != nil {
			return string(all), err
		}
		b, _ := c.r.Peek(c.r.Buffered())
		n, err := r.Feed(b)
		if err != nil {
			return string(all), err
		}
		all = append(all, b[:n]...)
		c.r.Discard(n)
	}
	return string(all), nil
}

// do sends a command and returns its reply as text, as redis-cli does to a script.
func (c *client) do(words ...string) string {
	c.t.Helper()
	c.send(words...)
	return show(c.t, c.reply())
}

// want fails the test if the reply to a command of words, split at blanks, is not that.
func (c *client) want(want, command string) {
	c.t.Helper()
	if got := c.do(strings.Fields(command)...); got != want {
		c.t.Errorf("%s: %s, want %s", command, got, want)
	}
}

// show makes a reply readable: (a 1 nil) is an array.
func show(t testing.TB, reply string) string {
	v, n, err := resp.Parse([]byte(reply), nil)
	if n != len(reply) || err != nil {
		t.Fatalf("%q: %d, %v", reply, n, err)
	}
	return text(v)
}

func text(v resp.Value) string {
	switch v.Kind {
	case resp.Int:
		return fmt.Sprint(v.Int)
	case resp.Null:
		return "nil"
	case resp.Bool:
		return fmt.Sprint(v.Int == 1)
	case resp.Array, resp.Map, resp.Set, resp.Push:
		var all []string
		for _, e := range v.Elems {
			all = append(all, text(e))
		}
		return string(v.Kind) + "(" + strings.Join(all, " ") + ")"
	}
	return string(v.Text)
}

// over reports whether the server has closed the connection, with nothing more said.
func (c *client) over() bool {
	_, err := c.r.ReadByte()
	return err == io.EOF
}
