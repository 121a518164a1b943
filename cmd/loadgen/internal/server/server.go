package server

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Mode is what a server answers with.
type Mode uint8

// The modes.
const (
	Echo      Mode = iota // sends back what it gets
	HTTP                  // answers every request with "Hello, World!"
	WebSocket             // sends back the messages that it gets
	Redis                 // answers commands, and stores nothing
	UDP                   // sends back the datagrams that it gets
)

var modeNames = [...]string{"echo", "http", "ws", "redis", "udp"}

func (m Mode) String() string { return modeNames[m] }

// Config is what a server does.
type Config struct {
	Mode   Mode
	Stall  Stall   // not of UDP
	Faults Faults  // that hold when no phase does
	Phases []Phase // of other faults
	Seed   uint64  // of what happens at random
}

// Counts is what a server has done.
type Counts struct {
	Accepted      uint64 // connections
	Requests      uint64 // answered with 200; of an echo server always 0
	Refused       uint64 // requests answered with 400 or above
	BytesReceived uint64
	BytesSent     uint64
	Failed        uint64 // connections that ended with an error, those cut included
	Cut           uint64 // connections that Stop would not wait for any longer
	Backoffs      uint64 // pauses in accepting, for want of descriptors
}

// Server serves until it is stopped.
//
// Protocol: the open connections stand in a ring, guarded by the lock, so that Stop can
// wake them; a connection enters it when it is accepted and leaves it, adding its
// counts, when it ends. stopping, and later cutting, is set before they are woken, and a
// connection looks at both once more after it has left its waker. drained is closed by
// whoever leaves the ring empty after the acceptor has ended, under the lock.
//
// Rejected: counting in words shared by all connections, which every message would have
// to fetch from the other core.
type Server struct {
	config   Config
	chaos    chaos
	begun    time.Time
	listener *netio.Listener // nil of UDP
	packets  *packets        // of UDP
	randoms  word.Uint64     // sources of random numbers that were made
	stopping word.Bool       // a connection ends as soon as nothing is owed on it
	cutting  word.Bool       // a connection ends at once
	answers  word.Pointer[answers]
	clock    clock

	lock     spin.Lock
	ring     conn // its neighbours are the open connections
	open     int
	counts   Counts
	acceptor error // why it ended, once accepting is over
	over     bool  // accepting
	drained  chan struct{}
}

// Listen begins to serve on rt, at an address as of netio.Listen. The server is ended
// by Stop, before rt is shut down.
func Listen(rt *sched.Runtime, config Config, network, address string) (*Server, error) {
	s := &Server{config: config, chaos: chaos{config.Faults, config.Phases}, begun: time.Now(), drained: make(chan struct{})}
	s.ring.before, s.ring.after = &s.ring, &s.ring
	if config.Mode == UDP {
		nc, err := netio.ListenPacket("udp", address)
		if err != nil {
			return nil, err
		}
		s.packets = newPackets(s, nc)
		sched.Spawn[future.Unit](rt, s.packets)
		return s, nil
	}
	l, err := netio.Listen(network, address)
	if err != nil {
		return nil, err
	}
	s.listener = l
	if config.Mode == HTTP {
		s.answers.Store(newAnswers(time.Now()))
		s.clock.answers = &s.answers
		sched.Spawn[future.Unit](rt, &s.clock)
	}
	sched.Spawn[future.Unit](rt, &acceptor{server: s})
	return s, nil
}

// newRandom returns a source of random numbers that no other task uses, or nil if there are no faults that need one.
func (s *Server) newRandom() *rand.Rand {
	if s.chaos.isCalm() {
		return nil
	}
	return rand.New(rand.NewPCG(s.config.Seed, s.randoms.Inc()))
}

// Done is closed when the server has ended, by Stop or because it could not accept.
func (s *Server) Done() <-chan struct{} { return s.drained }

// cutTime is how long connections have to end when they are cut: each has but to close
// its descriptor.
const cutTime = time.Second

// Stop stops accepting, lets each connection send the answers that it owes, and blocks
// until all are closed. If ctx is done first it cuts those that are left, and says how
// many. Otherwise it returns what made the server end before.
func (s *Server) Stop(ctx context.Context) error {
	defer s.clock.end()
	s.stopping.Store(true)
	if s.packets != nil {
		s.packets.stop.Wake()
	} else {
		// It may have been closed by an acceptor that failed.
		_ = s.listener.Close()
	}
	s.wakeAll()
	select {
	case <-s.drained:
	case <-ctx.Done():
		return s.cut(context.Cause(ctx))
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.acceptor
}

// cut ends the connections that are left.
func (s *Server) cut(why error) error {
	s.cutting.Store(true)
	s.wakeAll()
	select {
	case <-s.drained:
	case <-time.After(cutTime):
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.open > 0 {
		return fmt.Errorf("%d connections could not be ended: %w", s.open, why)
	}
	if s.counts.Cut == 0 {
		return s.acceptor
	}
	return fmt.Errorf("connections cut with a request half received or an answer half sent: %d: %w", s.counts.Cut, why)
}

// wakeAll has every connection look at stopping and cutting.
func (s *Server) wakeAll() {
	s.lock.Lock()
	wakers := make([]waker.Waker, 0, s.open)
	for c := s.ring.after; c != &s.ring; c = c.after {
		if w, ok := c.stop.Take(); ok {
			wakers = append(wakers, w)
		}
	}
	s.lock.Unlock()
	for _, w := range wakers {
		w.Wake()
	}
}

// Open returns the number of connections that are open.
func (s *Server) Open() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.open
}

// Counts returns what the connections that have ended did.
func (s *Server) Counts() Counts {
	s.lock.Lock()
	defer s.lock.Unlock()
	c := s.counts
	if s.listener != nil {
		c.Backoffs = s.listener.Backoffs()
	}
	return c
}

func (s *Server) enter(c *conn) {
	s.lock.Lock()
	defer s.lock.Unlock()
	c.before, c.after = s.ring.before, &s.ring
	c.before.after, c.after.before = c, c
	s.open++
	s.counts.Accepted++
}

func (s *Server) leave(c *conn) {
	s.lock.Lock()
	defer s.lock.Unlock()
	c.before.after, c.after.before = c.after, c.before
	s.open--
	s.counts.Requests += c.counts.Requests
	s.counts.Refused += c.counts.Refused
	s.counts.BytesReceived += c.counts.BytesReceived
	s.counts.BytesSent += c.counts.BytesSent
	s.counts.Failed += c.counts.Failed
	s.counts.Cut += c.counts.Cut
	s.checkDrained()
}

// checkDrained is called under the lock.
func (s *Server) checkDrained() {
	if s.over && s.open == 0 {
		close(s.drained)
	}
}

// acceptor is the task that accepts.
type acceptor struct {
	server *Server
}

// Poll implements future.Future.
func (a *acceptor) Poll(cx *waker.Context) future.Poll[future.Unit] {
	s := a.server
	for {
		p := s.listener.PollAccept(cx)
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		nc, err := p.Result()
		if err != nil {
			a.end(err)
			return future.Ready(future.Unit{})
		}
		c := s.newConn(nc)
		s.enter(c)
		sched.Spawn[future.Unit](cx, c)
	}
}

// Drop implements future.Dropper, for a runtime that is shut down first.
func (a *acceptor) Drop() { a.end(sched.ErrShutdown) }

func (a *acceptor) end(err error) {
	s := a.server
	_ = s.listener.Close()
	s.lock.Lock()
	defer s.lock.Unlock()
	if !s.stopping.Load() || !errors.Is(err, net.ErrClosed) {
		s.acceptor = err
	}
	s.over = true
	s.checkDrained()
}
