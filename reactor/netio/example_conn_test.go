package netio_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// accepted returns both ends of a connection, in an async function.
func accepted(co *future.Co) (client, server *netio.Conn, err error) {
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if client, err = netio.Dial("tcp", l.Addr().String()).Await(co); err != nil {
		return nil, nil, err
	}
	if server, err = l.Accept().Await(co); err != nil {
		client.Close()
		return nil, nil, err
	}
	return client, server, nil
}

// A server is a task that accepts, and spawns one for each connection.
func ExampleListen() {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	greet := func(co *future.Co, c *netio.Conn) error {
		defer c.Close()
		_, err := c.WriteAll([]byte("hello\n")).Await(co)
		return err
	}
	server := sched.Spawn(rt, future.Do(func(co *future.Co) error {
		for {
			c, err := l.Accept().Await(co)
			if err != nil {
				return err
			}
			sched.Spawn(co, future.Do(func(co *future.Co) error { return greet(co, c) }))
		}
	}))
	said, err := sched.Run(context.Background(), rt, future.Async(func(co *future.Co) (string, error) {
		c, err := netio.Dial("tcp", l.Addr().String()).Await(co)
		if err != nil {
			return "", err
		}
		defer c.Close()
		return bufio.NewReader(netio.NewStream(co, c)).ReadString('\n')
	}))
	fmt.Printf("%q %v\n", said, err)

	l.Close() // which ends the server
	_, err = server.Wait(context.Background())
	fmt.Println(errors.Is(err, net.ErrClosed))
	// Output:
	// "hello\n" <nil>
	// true
}

// Both halves of a connection at the same time: two tasks, a half each.
func ExampleConn_Split() {
	f := future.Async(func(co *future.Co) (string, error) {
		client, server, err := accepted(co)
		if err != nil {
			return "", err
		}
		defer server.Close()
		r, w := client.Split()
		defer r.Close()
		send := future.Do(func(co *future.Co) error {
			defer w.Close() // the peer reads io.EOF then; the other half goes on
			_, err := w.WriteAll([]byte("ping")).Await(co)
			return err
		})
		answer := future.Do(func(co *future.Co) error {
			text, err := io.ReadAll(netio.NewStream(co, server))
			if err != nil {
				return err
			}
			_, err = server.WriteAll([]byte(string(text) + " pong")).Await(co)
			return err
		})
		if _, err := future.TryJoin(send, answer).Await(co); err != nil {
			return "", err
		}
		buf := make([]byte, 64)
		n, err := r.Read(buf).Await(co)
		return string(buf[:n]), err
	})
	fmt.Println(future.BlockOn(f))
	// Output: ping pong <nil>
}

// Deadlines are for each direction, and hold until they are moved.
func ExampleConn_SetReadDeadline() {
	f := future.Do(func(co *future.Co) error {
		client, server, err := accepted(co)
		if err != nil {
			return err
		}
		defer client.Close()
		defer server.Close()
		if err := client.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			return err
		}
		_, err = client.Read(make([]byte, 1)).Await(co)
		fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))
		return client.SetReadDeadline(time.Time{}) // none
	})
	fmt.Println(future.BlockOn(f))
	// Output:
	// true
	// {} <nil>
}

// What takes an io.Reader or an io.Writer waits on a Stream, in one async function.
func ExampleNewStream() {
	f := future.Async(func(co *future.Co) (string, error) {
		client, server, err := accepted(co)
		if err != nil {
			return "", err
		}
		defer client.Close()
		fmt.Fprintf(netio.NewStream(co, server), "%d birds\n", 3)
		server.Close()
		all, err := io.ReadAll(netio.NewStream(co, client))
		return string(all), err
	})
	text, err := future.BlockOn(f)
	fmt.Printf("%q %v\n", text, err)
	// Output: "3 birds\n" <nil>
}

// A connection that waits without a buffer, as one of very many should.
func ExampleConn_Readable() {
	f := future.Async(func(co *future.Co) (string, error) {
		client, server, err := accepted(co)
		if err != nil {
			return "", err
		}
		defer client.Close()
		if _, err := server.WriteAll([]byte("at last")).Await(co); err != nil {
			return "", err
		}
		server.Close()
		for {
			if _, err := client.Readable().Await(co); err != nil {
				return "", err
			}
			buf := sched.Scratch(co.Context()) // lent until the next await
			n, err := client.TryRead(buf)
			if err != netio.ErrWouldBlock {
				return string(buf[:n]), err
			}
		}
	})
	fmt.Println(future.BlockOn(f))
	// Output: at last <nil>
}

// A future of one's own reads with the context that it is polled with.
func ExampleConn_PollRead() {
	f := future.Async(func(co *future.Co) (int, error) {
		client, server, err := accepted(co)
		if err != nil {
			return 0, err
		}
		defer client.Close()
		if _, err := server.WriteAll(make([]byte, 1000)).Await(co); err != nil {
			return 0, err
		}
		server.Close()
		total, buf := 0, make([]byte, 64)
		return future.Await(co, future.Func(func(cx *waker.Context) future.Poll[int] {
			for {
				p := client.PollRead(cx, buf)
				if p.IsPending() {
					return future.Pending[int]()
				}
				n, err := p.Result()
				if total += n; err == io.EOF {
					return future.Ready(total)
				} else if err != nil {
					return future.Failed[int](err)
				}
			}
		}))
	})
	fmt.Println(future.BlockOn(f))
	// Output: 1000 <nil>
}

// A server that would rather refuse connections than have many of them wait.
func ExampleListenConfig() {
	l, err := netio.ListenConfig{Backlog: 16}.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	fmt.Println(l.Addr().Network(), l.Backoffs())
	// Output: tcp 0
}
