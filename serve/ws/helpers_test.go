package ws_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves until the test ends, or until stop is called.
func start(t testing.TB, config ws.Config, workers int) (addr string, stop func() error) {
	t.Helper()
	server, err := ws.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return testkit.Serve(t, workers, server.Run)
}

func echo(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }

// client is one over package net.
type client struct {
	t testing.TB
	net.Conn
	r        *bufio.Reader
	response *http.Response
	reader   wire.Reader
	buf      []byte
	deflate  bool
}

const request = "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// ask sends a request and reads the answer.
func ask(t testing.TB, addr, request string) *client {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(time.Minute)) // so that no test waits for ever
	return askOn(t, nc, request)
}

// askOn is ask on a connection that is there.
func askOn(t testing.TB, nc net.Conn, request string) *client {
	t.Helper()
	if _, err := nc.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, Conn: nc, r: bufio.NewReader(nc)}
	var err error
	if c.response, err = http.ReadResponse(c.r, nil); err != nil {
		t.Fatal(err)
	}
	c.reader.Client = true
	c.response.Body.Close()
	return c
}

func dial(t testing.TB, addr string, fields ...string) *client {
	t.Helper()
	r := request
	for _, f := range fields {
		r += f + "\r\n"
	}
	c := ask(t, addr, r+"\r\n")
	if c.response.StatusCode != 101 || c.response.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("%s, %v", c.response.Status, c.response.Header)
	}
	c.deflate = c.response.Header.Get("Sec-WebSocket-Extensions") != ""
	c.reader.Compressed = c.deflate
	return c
}

func (c *client) send(op wire.Op, data string) {
	c.t.Helper()
	c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := c.Write(wire.AppendMasked(nil, op, data, [4]byte{1, 2, 3, 4})); err != nil {
		c.t.Fatal(err)
	}
}

// next returns the next message or control frame, as text:…; or eof.
func (c *client) next() string {
	c.t.Helper()
	var message []byte
	for {
		for len(c.buf) > 0 {
			e, n, err := c.reader.Next(c.buf)
			if err != nil {
				c.t.Fatal(err)
			}
			if n == 0 {
				break
			}
			c.buf = c.buf[n:]
			message = append(message, e.Data...)
			if e.Compressed && e.Final {
				if message, err = (&wire.Inflater{NoContext: true}).Append(nil, message, 1<<24); err != nil {
					c.t.Fatal(err)
				}
			}
			if e.Final {
				return name(e.Op) + ":" + string(message)
			}
		}
		b := make([]byte, 64<<10)
		n, err := c.r.Read(b)
		c.buf = append(c.buf, b[:n]...)
		if err == io.EOF {
			return "eof"
		}
		if err != nil {
			return err.Error()
		}
	}
}

func name(op wire.Op) string {
	switch op {
	case wire.Text:
		return "text"
	case wire.Binary:
		return "binary"
	case wire.Ping:
		return "ping"
	case wire.Pong:
		return "pong"
	case wire.Close:
		return "close"
	}
	return fmt.Sprint(op)
}

func (c *client) want(all ...string) {
	c.t.Helper()
	for _, want := range all {
		if got := c.next(); got != want {
			c.t.Errorf("got %.100q, want %.100q", got, want)
		}
	}
}

// closing is a close frame as next returns it.
func closing(code uint16) string { return "close:" + string([]byte{byte(code >> 8), byte(code)}) }
