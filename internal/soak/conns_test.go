package soak

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// serve accepts until its listener is closed.
func serve(s *tally, l *netio.Listener, seed uint64) future.Future[future.Unit] {
	random := rand.New(rand.NewPCG(seed, 1))
	return future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		for {
			p := l.PollAccept(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			c, err := p.Result()
			switch {
			case errors.Is(err, net.ErrClosed):
				return future.Ready(future.Unit{})
			case errors.Is(err, syscall.ENOMEM): // it could not be watched just now
				continue
			case err != nil:
				s.wrong("accept: %v", err)
				return future.Failed[future.Unit](err)
			}
			s.begun.Add(1)
			e := &echo{s: s, conn: c, buf: make([]byte, 1+random.IntN(4000))}
			sched.Spawn[future.Unit](cx, &probe[future.Unit]{s: s, f: e})
		}
	})
}

// echo writes back what it reads, with a buffer smaller or larger than messages are.
type echo struct {
	s        *tally
	conn     *netio.Conn
	buf      []byte
	out, end int
}

func (e *echo) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		var p future.Poll[int]
		if e.out < e.end {
			p = e.conn.PollWrite(cx, e.buf[e.out:e.end])
		} else {
			p = e.conn.PollRead(cx, e.buf)
		}
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		n, err := p.Result()
		switch {
		case err != nil:
			if err != io.EOF && !isFault(err) {
				e.s.wrong("server: %v", err)
			}
			e.Drop()
			return future.Ready(future.Unit{})
		case e.out < e.end:
			e.out += n
		default:
			e.out, e.end = 0, n
		}
	}
}

func (e *echo) Drop() { e.conn.Close() }

// isFault reports whether an error is one that an injected fault gives, on this side or,
// seen from here, on the other.
func isFault(err error) bool {
	return errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF)
}

// client exchanges messages on one connection after the other.
func client(s *tally, addr string, seed uint64, conns int) future.Future[int] {
	random := rand.New(rand.NewPCG(seed, 2))
	return future.Async(func(co *future.Co) (int, error) {
		for k := range conns {
			err := exchange(s, co, random, addr, seed<<16|uint64(k))
			switch {
			case err == nil:
				s.conns.Add(1)
			case isFault(err):
				s.cut.Add(1)
			default:
				s.wrong("client: %v", err)
			}
		}
		return conns, nil
	})
}

func exchange(s *tally, co *future.Co, random *rand.Rand, addr string, id uint64) error {
	c, err := future.Await(co, netio.Dial("tcp", addr))
	if err != nil {
		return err
	}
	defer c.Close()
	for number := range uint64(1 + random.IntN(6)) {
		sent := message(id, number, random.IntN(10_000))
		got := make([]byte, len(sent))
		// Reading and writing at once: the message may be more than the system buffers.
		_, err := future.TryJoin[int, int](c.WriteAll(sent), future.Of(readAll(c, got))).Await(co)
		if err != nil {
			return err
		}
		for i := range got {
			if got[i] != sent[i] {
				return fmt.Errorf("connection %#x, message %d: byte %d of %d is %#x, want %#x", id, number, i, len(got), got[i], sent[i])
			}
		}
		s.messages.Add(1)
	}
	return nil
}

// message is bytes that tell which connection they belong to, and where in it.
func message(id, number uint64, body int) []byte {
	p := make([]byte, 0, body+24)
	for at := uint64(0); len(p) < body+16; at++ {
		p = binary.LittleEndian.AppendUint64(p, id*2654435761^number<<40^at)
	}
	return p
}

// readAll is a future that fills p.
func readAll(c *netio.Conn, p []byte) future.Future[int] {
	n := 0
	return future.Func(func(cx *waker.Context) future.Poll[int] {
		for n < len(p) {
			r := c.PollRead(cx, p[n:])
			if r.IsPending() {
				return r
			}
			k, err := r.Result()
			if err != nil {
				return future.Done(n, err)
			}
			n += k
		}
		return future.Ready(n)
	})
}
