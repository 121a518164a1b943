package tlsio

import (
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of the guard.
//
// Who reads and who writes may be two threads, and crypto/tls writes while it reads. All that a Conn has is behind one word:
//
//	held           a thread is at the connection
//	readerWaits    the reader found it held, and has left its waker in its cell
//	writerWaits    the writer, likewise
//	chores         what was asked for without a context: a close_notify, wakers to be taken back
//	established, broken, closed   how far the connection is; set once, and never taken back
//
//	enter   unheld → held; or leaves the waker, then sets its bit of waiting if the word is still what it was
//	ask     sets a chore, and held if nobody holds it: who sets held does what leave does
//	leave   takes the chores off and does them, until there are none; then takes held and the bits of waiting off by one
//	        compare-and-swap, and wakes those who waited
//
// Invariant: whoever set held is the only one inside, until it takes it off. No wake-up is lost: a bit of waiting is set by a
// compare-and-swap from a word with held in it, after the waker was left; so it is there when held is taken off. No chore is lost: held is
// never taken off a word with one in it.
//
// A cell belongs to its side: only the reader's task puts a waker into the reader's cell, or takes it back; holders do no more than wake it.
// A holder that took it back, as a chore, could take that of a new wait with it.
//
// Rejected: a mutex (a worker would sleep on it), a spin lock (a record is encrypted in 10 µs, and the thread that does that may
// be taken off its core), two guards (crypto/tls takes its lock of writing inside that of reading, to answer a change of keys).
type guard struct {
	w     word.Uint32
	cells [2]waker.AtomicWaker
}

// side is who waits: the one who reads, or the one who writes.
type side uint8

const (
	reading side = iota
	writing
)

func (s side) other() side { return 1 - s }

// state is what the word says.
type state uint32

const (
	held state = 1 << iota
	readerWaits
	writerWaits
	sayEnd      // chore: close_notify
	forgetRead  // chore: the reader has given up
	forgetWrite // chore: the writer has
	established
	broken
	closed
)

const (
	anyWaits = readerWaits | writerWaits
	chores   = sayEnd | forgetRead | forgetWrite
)

// holder does chores, while it holds the guard.
type holder interface{ do(chores state) }

func (g *guard) load() state { return state(g.w.Load()) }

func (g *guard) swap(from, to state) bool { return g.w.CompareAndSwap(uint32(from), uint32(to)) }

// enter holds the guard for a side. If it reports false, another thread has it, and will wake cx.
func (g *guard) enter(cx *waker.Context, as side) bool {
	for {
		now := g.load()
		if now&held == 0 {
			if g.swap(now, now|held) {
				return true
			}
			continue
		}
		g.cells[as].Register(cx.Waker())
		if g.swap(now, now|readerWaits<<as) {
			return false
		}
	}
}

// leave gives the guard back.
func (g *guard) leave(h holder) {
	for {
		now := g.load()
		if asked := now & chores; asked != 0 {
			if g.swap(now, now&^asked) {
				h.do(asked)
			}
			continue
		}
		if !g.swap(now, now&^(held|anyWaits)) {
			continue
		}
		if now&readerWaits != 0 {
			wake.Cell(&g.cells[reading], nil)
		}
		if now&writerWaits != 0 {
			wake.Cell(&g.cells[writing], nil)
		}
		return
	}
}

// ask has a chore done, here or by who holds the guard.
func (g *guard) ask(chore state, h holder) {
	for {
		now := g.load()
		if !g.swap(now, now|chore|held) {
			continue
		}
		if now&held == 0 {
			g.leave(h)
		}
		return
	}
}

// set adds bits of how far the connection is, and returns what was there before.
func (g *guard) set(bits state) state {
	for {
		now := g.load()
		if now&bits == bits || g.swap(now, now|bits) {
			return now
		}
	}
}
