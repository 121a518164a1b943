package netio_test

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// A client and a server in one async function.
func Example() {
	answer, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		l, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		defer l.Close()

		client, err := netio.Dial("tcp", l.Addr().String()).Await(co)
		if err != nil {
			return "", err
		}
		defer client.Close()
		server, err := l.Accept().Await(co)
		if err != nil {
			return "", err
		}
		defer server.Close()

		if _, err := client.WriteAll([]byte("hello")).Await(co); err != nil {
			return "", err
		}
		buf := make([]byte, 64)
		n, err := server.Read(buf).Await(co)
		return string(buf[:n]), err
	}))
	fmt.Println(answer, err)
	// Output: hello <nil>
}

// upper is a server for one connection as a state machine: it sends back what it reads,
// in capitals, and allocates nothing however long it runs.
type upper struct {
	future.Pinned // write holds a slice of buf
	conn          *netio.Conn
	buf           [512]byte
	read          netio.ReadOp
	write         netio.WriteAllOp
	state         upperState
}

type upperState int

const (
	upperStart upperState = iota
	upperReading
	upperWriting
)

func (u *upper) Poll(cx *waker.Context) future.Poll[future.Unit] {
	u.AssertPinned()
	for {
		switch u.state {
		case upperStart:
			u.read = u.conn.Read(u.buf[:])
			u.state = upperReading
		case upperReading:
			p := u.read.Poll(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			n, err := p.Result()
			if err != nil {
				if err == io.EOF {
					err = nil
				}
				u.conn.Close()
				return future.Done(future.Unit{}, err)
			}
			for i, b := range u.buf[:n] {
				if 'a' <= b && b <= 'z' {
					u.buf[i] = b - 'a' + 'A'
				}
			}
			u.write = u.conn.WriteAll(u.buf[:n])
			u.state = upperWriting
		case upperWriting:
			p := u.write.Poll(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			if p.Err() != nil {
				u.conn.Close()
				return future.Failed[future.Unit](p.Err())
			}
			u.state = upperStart
		}
	}
}

// Drop is called if the server is given up while it waits.
func (u *upper) Drop() {
	u.read.Drop()
	u.write.Drop()
	u.conn.Close()
}

func ExampleReadOp() {
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()

	server := future.Then(future.Box(l.Accept()), func(c *netio.Conn) future.Future[future.Unit] {
		return &upper{conn: c}
	})
	client := future.Async(func(co *future.Co) (string, error) {
		c, err := netio.Dial("tcp", l.Addr().String()).Await(co)
		if err != nil {
			return "", err
		}
		s := netio.NewStream(co, c)
		defer s.Close()
		if _, err := fmt.Fprintln(s, "hello world!"); err != nil {
			return "", err
		}
		return bufio.NewReader(s).ReadString('\n')
	})
	both, err := future.BlockOn(future.Box(future.Join(future.Of(server), client)))
	fmt.Printf("%q %v\n", both.Second, err)
	// Output: "HELLO WORLD!\n" <nil>
}

// A dial has no limit of time of its own.
func ExampleDial() {
	dial := clock.Timeout(netio.Dial("tcp", "127.0.0.1:1"), 5*time.Second)
	_, err := future.BlockOn(&dial)
	fmt.Println(err)
	// Output: dial tcp 127.0.0.1:1: connect: connection refused
}
