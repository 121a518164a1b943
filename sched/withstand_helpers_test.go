package sched_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// A message says which connection it belongs to and which one of it this is, and every
// byte of its body follows from that: a byte that strays to another connection shows.
//
//	id 8 bytes | number 4 | length of the body 4 | body
const (
	messageHead = 16
	messageBody = 1000 // at most
)

func appendMessage(p []byte, id uint64, number uint32, body int) []byte {
	p = binary.LittleEndian.AppendUint64(p, id)
	p = binary.LittleEndian.AppendUint32(p, number)
	p = binary.LittleEndian.AppendUint32(p, uint32(body))
	for i := range body {
		p = append(p, bodyByte(id, number, i))
	}
	return p
}

func bodyByte(id uint64, number uint32, i int) byte {
	return byte((id*2654435761 + uint64(number)*40503 + uint64(i)) >> 3)
}

// checkMessage looks whether p is message number of connection id. A prefix is looked at
// as far as it goes.
func checkMessage(p []byte, id uint64, number uint32) error {
	if got := binary.LittleEndian.Uint64(p); got != id {
		return fmt.Errorf("connection %#x got a message of connection %#x", id, got)
	}
	if got := binary.LittleEndian.Uint32(p[8:]); got != number {
		return fmt.Errorf("connection %#x got message %d, want %d", id, got, number)
	}
	for i, b := range p[messageHead:] {
		if b != bodyByte(id, number, i) {
			return fmt.Errorf("connection %#x: byte %d of message %d is wrong", id, i, number)
		}
	}
	return nil
}

// echoServer echoes messages on a runtime and checks that each connection gets its own.
type echoServer struct {
	listener *netio.Listener
	accepted atomic.Int64
	messages atomic.Int64
	wrong    atomic.Pointer[error] // the first thing that was
	loop     sched.JoinHandle[future.Unit]
}

func startEcho(t testing.TB, rt *sched.Runtime) *echoServer {
	t.Helper()
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &echoServer{listener: l}
	s.loop = sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		for {
			p := l.PollAccept(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			c, err := p.Result()
			if err != nil {
				return future.Failed[future.Unit](err)
			}
			s.accepted.Add(1)
			sched.Spawn[future.Unit](cx, &echoConn{server: s, conn: c, buf: make([]byte, messageHead+messageBody)})
		}
	}))
	return s
}

func (s *echoServer) addr() string { return s.listener.Addr().String() }

// stop ends the listening; connections end when their clients do.
func (s *echoServer) stop(t testing.TB) {
	t.Helper()
	if err := s.listener.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.loop.Wait(soon(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accepting ended with %v", err)
	}
	if err := s.wrong.Load(); err != nil {
		t.Error(*err)
	}
}

// echoConn is a state machine, so that it may be polled by any worker.
type echoConn struct {
	server   *echoServer
	conn     *netio.Conn
	buf      []byte
	have     int // bytes of a message
	out, end int // of buf, to be written
	number   uint32
	id       uint64
}

func (e *echoConn) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		var p future.Poll[int]
		if e.out < e.end {
			p = e.conn.PollWrite(cx, e.buf[e.out:e.end])
		} else {
			p = e.conn.PollRead(cx, e.buf[e.have:e.wanted()])
		}
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		n, err := p.Result()
		if err != nil {
			e.Drop()
			if err == io.EOF {
				err = nil
			}
			return future.Done(future.Unit{}, err)
		}
		if e.out < e.end {
			e.out += n
			continue
		}
		e.have += n
		if e.have == e.wanted() && e.have >= messageHead {
			e.complete()
		}
	}
}

// wanted is how long the message is, as far as that is known.
func (e *echoConn) wanted() int {
	if e.have < messageHead {
		return messageHead
	}
	return messageHead + min(messageBody, int(binary.LittleEndian.Uint32(e.buf[12:])))
}

func (e *echoConn) complete() {
	if e.number == 0 {
		e.id = binary.LittleEndian.Uint64(e.buf)
	}
	if err := checkMessage(e.buf[:e.have], e.id, e.number); err != nil {
		err = fmt.Errorf("server: %w", err)
		e.server.wrong.CompareAndSwap(nil, &err)
	}
	e.server.messages.Add(1)
	e.number++
	e.out, e.end, e.have = 0, e.have, 0
}

func (e *echoConn) Drop() { e.conn.Close() }

// talk sends a message and awaits its echo.
func talk(co *future.Co, c *netio.Conn, id uint64, number uint32, body int) error {
	m := appendMessage(nil, id, number, body)
	if _, err := c.WriteAll(m).Await(co); err != nil {
		return err
	}
	got := make([]byte, len(m))
	for have := 0; have < len(got); {
		n, err := c.Read(got[have:]).Await(co)
		if err != nil {
			return fmt.Errorf("connection %#x after %d bytes of message %d: %w", id, have, number, err)
		}
		have += n
	}
	return checkMessage(got, id, number)
}

// talker is a client that exchanges a number of messages.
func talker(addr string, id uint64, messages int) future.Future[future.Unit] {
	return future.Async(func(co *future.Co) (u future.Unit, err error) {
		c, err := future.Await(co, netio.Dial("tcp", addr))
		if err != nil {
			return u, err
		}
		defer c.Close()
		for n := range messages {
			if err := talk(co, c, id, uint32(n), int(id+uint64(n))%messageBody); err != nil {
				return u, err
			}
		}
		return u, nil
	})
}

// seeded returns a source of random numbers that can be had again: its seed is printed
// with the test's output, and taken from MAGPIE_SEED if that is set.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("MAGPIE_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("MAGPIE_SEED is %q: it must be a number", s)
		}
	}
	t.Logf("MAGPIE_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
