package main

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// session is a connection as a state machine. It owns no buffer while it waits for data;
// only what a slow reader has not taken yet is kept, and nothing more is read before that
// is gone: the reader's slowness reaches the sender.
type session struct {
	conn   *netio.Conn
	unsent []byte
	stats  *stats
}

func spawnState(cx *waker.Context, c *netio.Conn, st *stats) {
	sched.SpawnValue[future.Unit](cx, session{conn: c, stats: st})
}

// Poll implements future.Future.
func (s *session) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		if len(s.unsent) > 0 {
			p := s.conn.PollWrite(cx, s.unsent)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			n, err := p.Result()
			if err != nil {
				return s.end()
			}
			s.unsent = s.unsent[n:]
			continue
		}
		s.unsent = nil
		buf := sched.Scratch(cx)
		p := s.conn.PollRead(cx, buf)
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		n, err := p.Result()
		if err != nil {
			return s.end()
		}
		w, err := s.conn.PollWrite(cx, buf[:n]).Result() // Pending wrote nothing
		if err != nil {
			return s.end()
		}
		if w < n {
			s.unsent = append([]byte(nil), buf[w:n]...)
		}
	}
}

func (s *session) end() future.Poll[future.Unit] {
	s.Drop()
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper: a shutdown drops the connections that are left.
func (s *session) Drop() {
	s.conn.Close()
	s.stats.closed.Add(1)
}
