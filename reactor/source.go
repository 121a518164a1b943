package reactor

import (
	"net"

	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a source.
//
// uses counts the system calls under way and whether the source is closed; the
// descriptor is closed by whoever finds it closed with no call under way. So a
// descriptor number is never used after the kernel may have given it to somebody else.
//
// Each direction has one word, readiness as far as it is known, and one waker:
//
//	bit 0    blocked: the last system call would have blocked
//	bit 1    hangup: the peer has closed or the descriptor failed; stays
//	bits 2+  a count of the events so far
//
//	event    clear blocked, count++, wake
//	future   read the word (the mark); system call; EAGAIN: CAS mark → mark|blocked,
//	         which fails if an event came since; register the waker; read again
//
// Invariant: if the word says blocked, no event has come since a call would have
// blocked, so the kernel (edge-triggered) reports the next change. The waker is
// registered before the word is read for the last time: an event after that reading
// finds the waker, one before it shows in the word.
//
// Registration: the word state goes fresh → registering → registered, by whichever
// direction parks first; the other one does not wait for it, for the kernel reports
// both directions once they are added. If adding fails the state falls back to fresh
// and both directions are woken, to try and to see the error themselves.
//
// Moving: from registered in one reactor to registered in another the state goes by
// registering too. The source leaves the old one first, so an event that comes meanwhile
// is not delivered; but adding a descriptor reports what it is ready for by then, so it is
// delivered by the new one. A source moves when it parks and finds that its reactor has
// been closed.
//
// Rejected: clearing readiness without a mark (an event between EAGAIN and the
// clearing is lost), and arming one-shot events (a system call more a wait).

// Direction is reading or writing.
type Direction uint8

const (
	// Read is for reading and accepting.
	Read Direction = iota
	// Write is for writing and connecting.
	Write
)

// readiness is what an event says.
type readiness uint8

const (
	readable readiness = 1 << iota
	writable
	hangup
)

const (
	blocked   uint32 = 1
	hungUp    uint32 = 2
	eventStep uint32 = 4
)

const (
	closed  int32 = 1
	oneCall int32 = 2
)

const (
	fresh uint32 = iota
	registering
	registered
)

// Source is a descriptor in the reactor's care: embed one in each connection. It must
// not be copied once used. Init it before anything else. Its methods may be called by
// any thread; one task at a time may wait in each direction.
type Source struct {
	_       word.NoCopy
	uses    word.Int32 // calls under way << 1 | closed
	state   word.Uint32
	fd      int32  // its number + 1; 0 before Init
	Tag     uint8  // its owner's: nothing here looks at it
	token   uint64 // once registered
	reactor word.Pointer[Reactor]
	dir     [2]struct {
		ready word.Uint32
		waker waker.AtomicWaker
	}
}

// Init gives the source its descriptor, which must be non-blocking and is owned by the
// source from now on.
func (s *Source) Init(fd int) { s.fd = int32(fd) + 1 }

// HasFD reports whether the source was given a descriptor.
func (s *Source) HasFD() bool { return s.fd != 0 }

// FD returns the descriptor, for use between Enter and Leave.
func (s *Source) FD() int { return int(s.fd) - 1 }

// Enter begins a system call on the descriptor; false if the source is closed. A call
// that was entered ends with Leave.
func (s *Source) Enter() bool {
	for {
		// No call is counted after Close: the count reaches 0 once, and the descriptor
		// is closed once.
		uses := s.uses.Load()
		if uses&closed != 0 {
			return false
		}
		if s.uses.CompareAndSwap(uses, uses+oneCall) {
			return true
		}
	}
}

// Leave ends a system call on the descriptor.
func (s *Source) Leave() {
	if s.uses.Add(-oneCall) == closed {
		s.closeFD()
	}
}

// Closed reports whether Close has been called.
func (s *Source) Closed() bool { return s.uses.Load()&closed != 0 }

// Ready reports whether a system call in that direction is worth trying, as it is until
// one has blocked. The mark goes with the answer of that call to WouldBlock or Drained.
func (s *Source) Ready(d Direction) (mark uint32, ready bool) {
	mark = s.dir[d].ready.Load()
	return mark, mark&blocked == 0
}

// WouldBlock notes that the system call tried on mark would have blocked.
func (s *Source) WouldBlock(d Direction, mark uint32) {
	faults.Point()
	s.dir[d].ready.CompareAndSwap(mark, mark|blocked)
}

// Drained notes that the system call tried on mark moved fewer bytes than it was
// asked to, so that the next one would block: on a stream that spares trying. After a
// hang-up it notes nothing, for then no further event comes, and the next call is the
// one that tells.
func (s *Source) Drained(d Direction, mark uint32) {
	faults.Point()
	if mark&hungUp == 0 {
		s.dir[d].ready.CompareAndSwap(mark, mark|blocked)
	}
}

// Park leaves the waker of cx to be woken when that direction becomes ready, after a
// call has blocked. It returns false if it became ready meanwhile, or was closed: the
// caller tries again. The first Park registers the descriptor with the reactor of cx, and
// so does the first one after that reactor was closed.
func (s *Source) Park(cx *waker.Context, d Direction) (parked bool, err error) {
	dir := &s.dir[d]
	dir.waker.Register(cx.Waker())
	faults.Point()
	if st := s.state.Load(); st == fresh || st == registered && s.reactor.Load().ended.Load() {
		if err := s.register(cx, st); err != nil {
			return false, err
		}
	}
	if dir.ready.Load()&blocked != 0 && !s.Closed() {
		return true, nil
	}
	return false, nil
}

// Forget takes back the waker that Park left, for a future that gives up waiting.
func (s *Source) Forget(d Direction) {
	wake.Forget(&s.dir[d].waker)
}

// register adds the descriptor to the reactor of cx, unless another thread is at it or has
// done it since the state was st.
func (s *Source) register(cx *waker.Context, st uint32) error {
	if !s.Enter() { // keeps the descriptor open meanwhile
		return nil
	}
	defer s.Leave()
	if !s.state.CompareAndSwap(st, registering) {
		return nil
	}
	if st == registered && !s.reactor.Load().ended.Load() {
		s.state.Store(registered) // it has been moved already
		return nil
	}
	return s.moveTo(From(cx), st)
}

// moveTo registers the source with r, after taking it out of the reactor that it is
// registered with. The caller has entered the source and made its state registering, from
// st. After an error it is registered nowhere, and both directions have been woken.
func (s *Source) moveTo(r *Reactor, st uint32) error {
	if st == registered {
		s.deregister()
	}
	err := s.addTo(r)
	if err != nil {
		s.state.Store(fresh)
		s.Wake(Read)
		s.Wake(Write)
	}
	return err
}

func (s *Source) addTo(r *Reactor) error {
	for !r.enter() { // it was closed a moment ago
		r = &shared.reactor
	}
	defer r.leave()
	if r.background != nil {
		if err := r.background.open(); err != nil {
			return err
		}
	}
	token, err := r.slab.insert(s)
	if err != nil {
		return err
	}
	s.token = token
	s.reactor.Store(r)
	faults.Point()
	if err := r.poll.add(s.FD(), token); err != nil {
		r.slab.remove(token)
		return err
	}
	s.state.Store(registered)
	r.used()
	return nil
}

// deregister takes the descriptor out of its reactor. The caller has the registration to
// itself: it is moving the source, or closing the descriptor.
func (s *Source) deregister() {
	r := s.reactor.Load()
	left := r.slab.remove(s.token)
	faults.Point()
	if r.enter() {
		r.poll.remove(s.FD())
		r.leave()
	}
	if left == 0 && r.background != nil {
		r.Unpark()
	}
}

// Wake wakes whoever waits in that direction, as an event does.
func (s *Source) Wake(d Direction) {
	s.wake(d, 0)
}

func (s *Source) wake(d Direction, flags uint32) {
	dir := &s.dir[d]
	for {
		old := dir.ready.Load()
		if dir.ready.CompareAndSwap(old, (old+eventStep)&^blocked|flags) {
			break
		}
	}
	faults.Point()
	wake.Cell(&dir.waker, s.report())
}

// report returns whom to tell of a waker that panics: nobody in particular before the source
// has a reactor.
func (s *Source) report() wake.Report {
	if r := s.reactor.Load(); r != nil {
		return r.report
	}
	return nil
}

// deliver is an event.
func (s *Source) deliver(what readiness) {
	if what&readable != 0 {
		flags := uint32(0)
		if what&hangup != 0 {
			flags = hungUp
		}
		s.wake(Read, flags)
	}
	if what&writable != 0 {
		s.wake(Write, 0)
	}
}

// Close takes the descriptor out of the reactor, wakes whoever waits, and closes it as
// soon as no system call is under way on it. A second Close returns net.ErrClosed.
func (s *Source) Close() error {
	if s == nil || !s.HasFD() {
		panic("reactor: Close of a nil or zero Source; Init it with a descriptor first")
	}
	for {
		uses := s.uses.Load()
		if uses&closed != 0 {
			return net.ErrClosed
		}
		// Counting ourselves as a call keeps the descriptor until it is deregistered.
		if s.uses.CompareAndSwap(uses, uses+oneCall|closed) {
			break
		}
	}
	faults.Point()
	s.Wake(Read)
	s.Wake(Write)
	s.Leave()
	return nil
}

// closeFD is called once, by whoever finds the source closed and out of use.
func (s *Source) closeFD() {
	if s.state.Load() == registered {
		s.deregister()
	}
	closeDescriptor(s.FD())
}
