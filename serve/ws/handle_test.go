package ws_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve/ws"
	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func handle(f func(co *future.Co, c *ws.Conn) error) func(c *ws.Conn) future.Future[future.Unit] {
	return func(c *ws.Conn) future.Future[future.Unit] {
		return future.Box[future.Unit](future.Do(func(co *future.Co) error { return f(co, c) }))
	}
}

// An async function receives what the peer sends, in order and whole, and in the end why it has ended.
func TestHandle(t *testing.T) {
	ended := make(chan error, 1)
	addr, _ := start(t, ws.Config{Handle: handle(func(co *future.Co, c *ws.Conn) error {
		for {
			m, err := c.Receive().Await(co)
			if err != nil {
				ended <- err
				return nil
			}
			if err := c.Send(m.Op, m.Data); err != nil {
				return err
			}
		}
	})}, 2)
	c := dial(t, addr)
	var b []byte
	for i := range 1000 {
		b = wire.AppendMasked(b, wire.Text, fmt.Sprint(i), [4]byte{byte(i)})
	}
	b = append(b, 1, 0x81, 0, 0, 0, 0, 'a')
	b = append(b, 0x80, 0x81, 0, 0, 0, 0, 'b')
	b = wire.AppendMasked(b, wire.Close, wire.AppendClosing(nil, 3000, "enough"), [4]byte{1})
	go c.Write(b)
	for i := range 1000 {
		c.want(fmt.Sprint("text:", i))
	}
	c.want("text:ab", closing(3000), "eof")
	if e := (*ws.CloseError)(nil); !errors.As(<-ended, &e) || e.Code != 3000 || e.Reason != "enough" {
		t.Error(e)
	}
}

// A function that returns closes the connection; what it fails with Closed is told.
func TestHandleReturns(t *testing.T) {
	broken := errors.New("broken")
	for err, code := range map[error]uint16{nil: wire.Normal, broken: wire.InternalError} {
		closed := make(chan error, 1)
		addr, _ := start(t, ws.Config{
			Handle: handle(func(co *future.Co, c *ws.Conn) error {
				c.Send(wire.Text, []byte("hi"))
				return err
			}),
			Closed: func(_ *ws.Conn, err error) { closed <- err },
		}, 1)
		c := dial(t, addr)
		c.want("text:hi", closing(code))
		c.send(wire.Close, closing(code)[len("close:"):])
		c.want("eof")
		got := <-closed
		if e := (*ws.CloseError)(nil); err == nil && !errors.As(got, &e) || err != nil && got != err {
			t.Errorf("told of %v", got)
		}
	}
}

// Who does not receive is not read from; when it does nothing is missing.
func TestInboxHoldsThePeerBack(t *testing.T) {
	goOn, got := make(chan struct{}), make(chan int, 1)
	const size = 32 << 10
	addr, _ := start(t, ws.Config{Handle: handle(func(co *future.Co, c *ws.Conn) error {
		if _, err := future.Blocking(func() (future.Unit, error) { <-goOn; return future.Unit{}, nil }).Await(co); err != nil {
			return err
		}
		n := 0
		for {
			m, err := c.Receive().Await(co)
			if err != nil {
				got <- n
				return nil
			}
			if len(m.Data) != size {
				return fmt.Errorf("a message of %d bytes", len(m.Data))
			}
			n++
		}
	})}, 1)
	c := dial(t, addr)
	const all = 400 // more than the sockets hold
	written := make(chan int, all)
	go func() {
		frame := wire.AppendMasked(nil, wire.Binary, make([]byte, size), [4]byte{})
		for i := range all {
			if _, err := c.Write(frame); err != nil {
				t.Error(err)
			}
			written <- i
		}
		close(written)
		c.Write(wire.AppendMasked(nil, wire.Close, "", [4]byte{}))
	}()
	<-written
	close(goOn)
	n := 0
	for range written {
		n++
	}
	c.want(closing0, "eof")
	if g := <-got; g != all || n != all-1 {
		t.Errorf("%d were received of %d", g, all)
	}
}

const closing0 = "close:"

// panicking is a future that panics, and must not be dropped after that.
type panicking struct{ dropped chan bool }

func (p *panicking) Poll(*waker.Context) future.Poll[future.Unit] { panic("in a poll") }
func (p *panicking) Drop()                                        { p.dropped <- true }

// One that panics ends the connection, and is not touched again.
func TestHandlePanics(t *testing.T) {
	f, closed := &panicking{make(chan bool, 1)}, make(chan error, 1)
	addr, _ := start(t, ws.Config{
		Handle: func(*ws.Conn) future.Future[future.Unit] { return f },
		Closed: func(_ *ws.Conn, err error) { closed <- err },
	}, 1)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(c, request+"\r\n")
	if _, err := io.ReadAll(c); err != nil {
		t.Error(err)
	}
	if <-closed; len(f.dropped) > 0 {
		t.Error("a future that has panicked was dropped")
	}
}
