package server

import (
	"errors"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

const (
	packetBatch = 16
	packetSize  = 65507
	maxDelayed  = 1 << 16 // datagrams that wait for their time; more are lost
)

// packets is the task that sends datagrams back, those of a latency when their time has come.
type packets struct {
	future.Pinned
	server  *Server
	nc      *netio.PacketConn
	stop    waker.AtomicWaker
	random  *rand.Rand // nil: there are no faults
	in      [packetBatch]netio.Packet
	out     []netio.Packet // to be sent now
	room    []netio.Packet // whose data is free
	delayed []delayed      // by time, the last one first
	timer   reactor.Timer
	armed   time.Time
	counts  Counts
}

// delayed is a datagram that is not to be sent yet.
type delayed struct {
	at     time.Time
	packet netio.Packet
}

func newPackets(s *Server, nc *netio.PacketConn) *packets {
	p := &packets{server: s, nc: nc, random: s.newRandom()}
	for i := range p.in {
		p.in[i].Data = make([]byte, packetSize)
	}
	return p
}

// Poll implements future.Future.
func (p *packets) Poll(cx *waker.Context) future.Poll[future.Unit] {
	p.AssertPinned()
	for {
		p.stop.Register(cx.Waker())
		if p.server.stopping.Load() {
			p.end(nil)
			return future.Ready(future.Unit{})
		}
		again, err := p.step(cx)
		if err != nil {
			p.end(err)
			return future.Ready(future.Unit{})
		}
		if !again {
			return future.Pending[future.Unit]()
		}
	}
}

func (p *packets) step(cx *waker.Context) (bool, error) {
	if len(p.out) > 0 {
		return p.write(cx)
	}
	if p.due(cx) {
		return true, nil
	}
	a := p.nc.PollReadBatch(cx, p.in[:])
	if a.IsPending() {
		return false, nil
	}
	n, err := a.Result()
	if err != nil {
		return true, passing(err)
	}
	for i := range n {
		p.take(&p.in[i])
	}
	return true, nil
}

// passing is the error, unless it is one of a peer that is not there any more.
func passing(err error) error {
	if isRefused(err) {
		return nil
	}
	return err
}

// take draws what becomes of a datagram.
func (p *packets) take(in *netio.Packet) {
	p.counts.BytesReceived += uint64(in.N)
	answer := netio.Packet{Data: p.space(in.Bytes()), Addr: in.Addr}
	if p.random == nil {
		p.out = append(p.out, answer)
		return
	}
	f := p.server.chaos.at(time.Since(p.server.begun))
	what, delay := f.draw(p.random)
	switch {
	case what != sent || p.random.Float64() < f.Errors || len(p.delayed) == maxDelayed:
		p.room = append(p.room, answer)
	case delay == 0:
		p.out = append(p.out, answer)
	default:
		at := time.Now().Add(delay)
		i, _ := slices.BinarySearchFunc(p.delayed, at, func(d delayed, at time.Time) int { return at.Compare(d.at) })
		p.delayed = slices.Insert(p.delayed, i, delayed{at, answer})
	}
}

// space returns a copy of a datagram, in memory of one that was sent if there is some.
func (p *packets) space(data []byte) []byte {
	if n := len(p.room); n > 0 {
		room := p.room[n-1].Data
		p.room = p.room[:n-1]
		return append(room[:0], data...)
	}
	return append([]byte(nil), data...)
}

// due moves those whose time has come to those that are sent now, and reports whether there are any; else the timer is
// set for the first one.
func (p *packets) due(cx *waker.Context) bool {
	for {
		now := time.Now()
		n := len(p.delayed)
		for ; n > 0 && !p.delayed[n-1].at.After(now); n-- {
			p.out = append(p.out, p.delayed[n-1].packet)
		}
		p.delayed = p.delayed[:n]
		if len(p.out) > 0 || n == 0 {
			return len(p.out) > 0
		}
		if first := p.delayed[n-1].at; p.armed != first {
			p.timer.Reset(first.Sub(now))
			p.armed = first
		}
		if p.timer.Poll(cx).IsPending() {
			return false
		}
		p.armed = time.Time{}
	}
}

func (p *packets) write(cx *waker.Context) (bool, error) {
	a := p.nc.PollWriteBatch(cx, p.out)
	if a.IsPending() {
		return false, nil
	}
	n, err := a.Result()
	if err != nil {
		if passing(err) != nil {
			return true, err
		}
		n = 1 // it is lost
	}
	for i := range n {
		p.counts.BytesSent += uint64(len(p.out[i].Data))
	}
	p.counts.Requests += uint64(n)
	p.room = append(p.room, p.out[:n]...)
	p.out = append(p.out[:0], p.out[n:]...)
	return true, nil
}

func (p *packets) end(err error) {
	_ = p.nc.Close() // nobody else does
	p.timer.Stop()
	wake.Forget(&p.stop)
	s := p.server
	s.lock.Lock()
	defer s.lock.Unlock()
	s.counts.Requests += p.counts.Requests
	s.counts.BytesReceived += p.counts.BytesReceived
	s.counts.BytesSent += p.counts.BytesSent
	s.acceptor, s.over = err, true
	s.checkDrained()
}

// Drop implements future.Dropper, for a runtime that is shut down first.
func (p *packets) Drop() { p.end(nil) }

// isRefused reports whether an error is what a peer's host has said to an earlier datagram.
func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET)
}
