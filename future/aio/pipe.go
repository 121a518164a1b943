package aio

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a pipe.
//
// A pipe is a ring of bytes, filled by one thread and emptied by one. Each side has a word:
//
//	bit 0    closed by that side: nothing more is written, or read
//	bit 1    the other side waits for this word to change, and has left its waker
//	bits 2+  how many bytes that side has written, or read, since the beginning
//
//	write    copies into the ring what fits, then adds to `written`
//	read     copies out of the ring what is there, then adds to `read`
//	close    sets bit 0 of a side's word; by any thread
//	wait     leaves the waker, then sets bit 1 of the other side's word, if that is still what it was
//
// Whoever changes a word takes bit 1 off by the same compare-and-swap, and wakes if it was there.
//
// Invariant: the bytes from `read` to `written` are the reader's, the others the writer's; the ring is
// made by the writer before the first byte is written. No wake-up is lost, for the last look at a word and the
// announcement to wait for it are one operation: if the word has changed since, that fails, and if it changes later,
// bit 1 is seen. While nobody waits, nobody is woken, and a read or write is one atomic change.
//
// Rejected: a lock around a ring (it would be held while kilobytes are copied), a Wake after each change
// (two more atomic operations when nobody waits), and the second look after the waker is left that other
// futures have (bit 1 would have to be set before, and taken back).
type pipe struct {
	_        word.Align64
	written  side // by the writer
	read     side // by the reader
	ring     []byte
	size     int
	readable waker.AtomicWaker // of the reader, who waits for `written`
	writable waker.AtomicWaker // of the writer, who waits for `read`
}

// side is the word of one side.
type side struct{ w word.Uint64 }

// state is what a side's word says.
type state uint64

const (
	sideClosed  state = 1
	sideAwaited state = 2
	oneByte     state = 4
)

func (s state) closed() bool  { return s&sideClosed != 0 }
func (s state) count() uint64 { return uint64(s) >> 2 }

func (s *side) load() state { return state(s.w.Load()) }

// change adds n bytes, or sets bits, and wakes who waits for that. It reports false, and changes nothing, for a
// side that is closed.
func (s *side) change(by state, waits *waker.AtomicWaker) bool {
	for {
		now := s.load()
		if now.closed() {
			return false
		}
		next := (now + by) &^ sideAwaited
		if !s.w.CompareAndSwap(uint64(now), uint64(next)) {
			continue
		}
		if now&sideAwaited != 0 {
			wake.Cell(waits, nil)
		}
		return true
	}
}

// await announces that the other side waits, and reports false if the word is not what it was when seen.
func (s *side) await(seen state) bool {
	return s.w.CompareAndSwap(uint64(seen), uint64(seen|sideAwaited))
}

func checkPipeSize(who string, n int) {
	if n < 1 {
		panic(fmt.Sprintf("aio: %s of %d bytes; pass 1 or more", who, n))
	}
}

func (p *pipe) pollRead(cx *waker.Context, b []byte) future.Poll[int] {
	for registered := false; ; {
		w, r := p.written.load(), p.read.load()
		n := int(min(w.count()-r.count(), uint64(len(b))))
		if r.closed() || n > 0 || len(b) == 0 || w.closed() {
			if registered {
				wake.Forget(&p.readable)
			}
			if !cx.Spend() {
				return future.Pending[int]()
			}
			switch {
			case r.closed():
				return future.Failed[int](io.ErrClosedPipe)
			case n > 0:
				p.copyOut(b[:n], r.count())
				p.read.change(state(n)*oneByte, &p.writable)
				return future.Ready(n)
			case len(b) == 0:
				return future.Ready(0)
			}
			return future.Failed[int](io.EOF)
		}
		p.readable.Register(cx.Waker())
		registered = true
		if p.written.await(w) && !p.read.load().closed() {
			return future.Pending[int]()
		}
	}
}

func (p *pipe) pollWrite(cx *waker.Context, b []byte) future.Poll[int] {
	for registered := false; ; {
		r, w := p.read.load(), p.written.load()
		free := uint64(p.size) - (w.count() - r.count())
		n := int(min(free, uint64(len(b))))
		if w.closed() || r.closed() || n > 0 || len(b) == 0 {
			if registered {
				wake.Forget(&p.writable)
			}
			if !cx.Spend() {
				return future.Pending[int]()
			}
			if len(b) == 0 && !w.closed() {
				return future.Ready(0)
			}
			if n = p.put(b); n == 0 { // it is closed, or was meanwhile
				return future.Failed[int](io.ErrClosedPipe)
			}
			return future.Ready(n)
		}
		p.writable.Register(cx.Waker())
		registered = true
		if p.read.await(r) && !p.written.load().closed() {
			return future.Pending[int]()
		}
	}
}

// pollWriteVectored writes as much of bufs as fits at once.
func (p *pipe) pollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	first := 0
	for first < len(bufs)-1 && len(bufs[first]) == 0 {
		first++
	}
	if len(bufs) == 0 {
		return p.pollWrite(cx, nil)
	}
	a := p.pollWrite(cx, bufs[first])
	n, err := a.Result()
	if a.IsPending() || err != nil || n < len(bufs[first]) {
		return a
	}
	for _, b := range bufs[first+1:] {
		m := p.put(b)
		n += m
		if m < len(b) {
			break
		}
	}
	return future.Ready(n)
}

// put writes what fits, without waiting.
func (p *pipe) put(b []byte) int {
	r, w := p.read.load(), p.written.load()
	n := int(min(uint64(p.size)-(w.count()-r.count()), uint64(len(b))))
	if n == 0 || r.closed() || w.closed() {
		return 0
	}
	p.copyIn(b[:n], w.count())
	if !p.written.change(state(n)*oneByte, &p.readable) {
		return 0
	}
	return n
}

// closeWrite ends writing, and reports whether it had not been. A writer that waits is woken too.
func (p *pipe) closeWrite() bool {
	if !p.written.change(sideClosed, &p.readable) {
		return false
	}
	wake.Cell(&p.writable, nil)
	return true
}

// closeRead ends reading, likewise.
func (p *pipe) closeRead() bool {
	if !p.read.change(sideClosed, &p.writable) {
		return false
	}
	wake.Cell(&p.readable, nil)
	return true
}

// copyOut copies bytes of the ring, the first of them that of number at.
func (p *pipe) copyOut(b []byte, at uint64) {
	for ring := p.ring[at%uint64(p.size):]; len(b) > 0; ring = p.ring {
		n := min(len(b), len(ring))
		word.ReadBytes(ring[:n])
		copy(b, ring[:n])
		b = b[n:]
	}
}

// copyIn copies bytes into the ring.
func (p *pipe) copyIn(b []byte, at uint64) {
	if p.ring == nil {
		p.ring = make([]byte, p.size)
	}
	for ring := p.ring[at%uint64(p.size):]; len(b) > 0; ring = p.ring {
		n := min(len(b), len(ring))
		word.WriteBytes(ring[:n])
		copy(ring, b[:n])
		b = b[n:]
	}
}
