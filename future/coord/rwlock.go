package coord

import (
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of RWLock.
//
// One word has two flags, the number of readers, and above them the number of the writer's hold:
//
//	waits    somebody may be in line
//	writer   a writer has the lock; never beside readers
//
// While waits is not set, the word changes by compare-and-swap: a reader comes if there is no
// writer and room for one more, a writer if there is nobody, and both leave. Who cannot come joins
// the line, under its lock, after one more look, and sets waits. From then on nobody comes past the
// line, and the word is written under its lock alone: who leaves serves the line from its head, one
// writer, or all readers up to the next writer. So a writer waits for the readers that were
// there, and they for one writer at a time.
//
// A hold of a writer has a number, as one of a Mutex has, so that each of them is unlocked once. The
// holds of readers are alike: that one reader leaves twice is found when it is asked of the same
// ReadGuard, or when there are no readers at all.
//
// Who leaves the line serves it once more, for readers may stand behind a writer that has gone.
//
// Invariant: if the line is not empty, waits is set, and its first cannot have the lock, or is being
// served.
//
// Rejected: a Semaphore of which a writer takes all permits (it does all this, but knows nothing of
// who holds what); readers before writers (a writer may wait for ever); a Mutex and a count of
// readers (two locks for each reader).
const (
	rwWaits     = 1
	rwWriter    = 2
	rwReader    = 4       // one reader
	rwHold      = 1 << 32 // one hold of a writer
	rwInUse     = rwHold - rwReader | rwWriter
	rwMaxReader = 1<<30 - 1
)

// RWLock is a lock that one writer or several readers hold, also across an await. It is fair: who
// has waited longest comes first, and readers do not come past a writer that waits. So a task that
// holds the lock for reading must not wait to read it once more: a writer in between
// would stop both. The zero value is free, with room for 2^30-1 readers. It must not be copied once
// used.
type RWLock struct {
	_    word.Align64
	_    word.NoCopy
	word word.Uint64
	line waitlist.List
	most uint32 // readers; 0 is rwMaxReader
}

// NewRWLock returns a lock for at most that many readers at a time, 1 to 2^30-1.
func NewRWLock(maxReaders int) *RWLock {
	if maxReaders < 1 || maxReaders > rwMaxReader {
		panic(fmt.Sprintf("coord: NewRWLock for at most %d readers: pass 1 to %d, or use new(RWLock)", maxReaders, rwMaxReader))
	}
	return &RWLock{most: uint32(maxReaders)}
}

func (l *RWLock) check() {
	if l == nil {
		nilReceiver("RWLock", "new(coord.RWLock) is ready to use")
	}
}

// Read returns an operation that waits for the lock, to share it with other readers. It does not
// fail.
//
// Dropped, it leaves the line; a lock that it had been given already goes to the next.
func (l *RWLock) Read() ReadOp {
	l.check()
	return ReadOp{rwWait{l: l}}
}

// Write returns an operation that waits for the lock, to have it alone. It does not fail.
//
// Dropped, it leaves the line, and readers that stand behind it come; a lock that it had been given
// already goes to the next.
func (l *RWLock) Write() WriteOp {
	l.check()
	return WriteOp{rwWait{l: l, writer: true}}
}

// TryRead takes the lock for reading if nobody has it for writing, and nobody waits.
func (l *RWLock) TryRead() (g ReadGuard, ok bool) {
	l.check()
	for {
		v := l.word.Load()
		if v&rwWaits != 0 || !l.fits(v, false) {
			return ReadGuard{}, false
		}
		if l.word.CompareAndSwap(v, v+rwReader) {
			return ReadGuard{l}, true
		}
	}
}

// TryWrite takes the lock for writing if nobody has it.
func (l *RWLock) TryWrite() (g WriteGuard, ok bool) {
	l.check()
	v := l.word.Load()
	if v&rwWaits == 0 && l.fits(v, true) && l.word.CompareAndSwap(v, v|rwWriter) {
		return WriteGuard{l, v | rwWriter}, true
	}
	return WriteGuard{}, false
}

// fits reports whether one more may have a lock with this word.
func (l *RWLock) fits(v uint64, writer bool) bool {
	if writer {
		return v&rwInUse == 0
	}
	return v&rwWriter == 0 && l.room(v)
}

func (l *RWLock) room(v uint64) bool {
	most := l.most
	if most == 0 {
		most = rwMaxReader
	}
	return uint32(v)>>2 < most
}

// with returns the word with one more who has the lock.
func with(v uint64, writer bool) uint64 {
	if writer {
		return v | rwWriter
	}
	return v + rwReader
}

// next implements server.
func (l *RWLock) next(first *waitlist.Node) bool {
	writer := rwWaitOf(first).writer
	v := l.word.Load()
	if !l.fits(v, writer) {
		return false
	}
	l.word.Store(with(v, writer))
	return true
}

// served implements server.
func (l *RWLock) served(empty bool) {
	if v := l.word.Load(); empty && v&rwWaits != 0 {
		l.word.Store(v &^ rwWaits)
	}
}

// leave ends the hold of a reader.
func (l *RWLock) leave() {
	for {
		v := l.word.Load()
		if v&rwInUse < rwReader {
			noReader()
		}
		if v&rwWaits != 0 {
			if l.leaveInLine() {
				return
			}
		} else if l.word.CompareAndSwap(v, v-rwReader) {
			return
		}
	}
}

//go:noinline
func noReader() {
	panic("coord: Unlock of a ReadGuard of an RWLock that has no readers: it was unlocked before, in a copy")
}

// leaveInLine returns false if there is no line any more, or no reader.
func (l *RWLock) leaveInLine() bool {
	h := l.line.Lock()
	v := l.word.Load()
	if v&rwWaits == 0 || v&rwInUse < rwReader {
		h.Unlock()
		return false
	}
	l.word.Store(v - rwReader)
	serve(&l.line, h, l)
	return true
}

// leaveWriting ends the hold of a writer, with that many readers after it. It returns false if the
// hold has ended before.
func (l *RWLock) leaveWriting(hold, readers uint64) bool {
	next := hold - rwWriter + rwHold + readers*rwReader
	for {
		if l.word.CompareAndSwap(hold, next) {
			return true
		}
		if l.word.Load()&^rwWaits != hold {
			return false
		}
		h := l.line.Lock()
		if l.word.Load() == hold|rwWaits {
			l.word.Store(next | rwWaits)
			serve(&l.line, h, l)
			return true
		}
		h.Unlock() // somebody has left the line, and taken the flag along
	}
}

// rwWait is a wait for an RWLock.
type rwWait struct {
	node   waitlist.Node // first: see rwWaitOf
	l      *RWLock       // nil when it has ended
	writer bool
}

// rwWaitOf returns the wait that a node in the line of an RWLock belongs to. It is sound because the
// node is the first field, and nothing else stands in these lines.
func rwWaitOf(n *waitlist.Node) *rwWait { return (*rwWait)(unsafe.Pointer(n)) }

// poll returns the word with the hold that the wait has got, without waits, and true.
func (o *rwWait) poll(cx *waker.Context) (uint64, bool) {
	l := o.l
	if o.node.State() == waitlist.Out {
		if v := l.word.Load(); v&rwWaits == 0 && l.fits(v, o.writer) {
			if !cx.Spend() {
				return 0, false
			}
			if l.word.CompareAndSwap(v, with(v, o.writer)) {
				o.l = nil
				return with(v, o.writer), true
			}
		}
		if o.join(cx.Waker()) == waitlist.Waiting {
			return 0, false
		}
	} else if awaitTurn(&l.line, &o.node, cx) == waitlist.Waiting {
		return 0, false
	}
	o.l = nil
	return l.word.Load() &^ rwWaits, true
}

// join takes the lock for a wait, or puts it in line.
func (o *rwWait) join(w waker.Waker) waitlist.State {
	l := o.l
	clone := w.Clone()
	h := l.line.Lock()
	for {
		v := l.word.Load()
		switch {
		case h.First() == nil && l.fits(v, o.writer):
			// A line that all have left may still have its flag.
			if l.word.CompareAndSwap(v, with(v&^rwWaits, o.writer)) {
				h.Unlock()
				clone.Drop()
				return waitlist.Notified
			}
		case v&rwWaits != 0 || l.word.CompareAndSwap(v, v|rwWaits):
			h.Push(&o.node, clone)
			h.Unlock()
			return waitlist.Waiting
		}
	}
}

func (o *rwWait) drop() {
	l := o.l
	o.l = nil
	if l == nil || o.node.State() == waitlist.Out {
		return
	}
	if l.line.Leave(&o.node) {
		if o.writer {
			l.leaveWriting(l.word.Load()&^rwWaits, 0)
		} else {
			l.leave()
		}
		return
	}
	if l.word.Load()&rwWaits != 0 {
		serve(&l.line, l.line.Lock(), l)
	}
}

// ReadOp is what [RWLock.Read] returns.
type ReadOp struct{ w rwWait }

// Poll implements future.Future.
func (o *ReadOp) Poll(cx *waker.Context) future.Poll[ReadGuard] {
	if o == nil || o.w.l == nil {
		overOp("ReadOp", "RWLock.Read")
	}
	l := o.w.l
	if _, ok := o.w.poll(cx); !ok {
		return future.Pending[ReadGuard]()
	}
	return future.Ready(ReadGuard{l})
}

// Drop implements future.Dropper.
func (o *ReadOp) Drop() {
	if o == nil {
		nilReceiver("ReadOp", "make one with RWLock.Read")
	}
	o.w.drop()
}

// Await waits for the lock, see [future.Await].
func (o ReadOp) Await(co *future.Co) (ReadGuard, error) { return future.AwaitOp(co, o) }

// WriteOp is what [RWLock.Write] returns.
type WriteOp struct{ w rwWait }

// Poll implements future.Future.
func (o *WriteOp) Poll(cx *waker.Context) future.Poll[WriteGuard] {
	if o == nil || o.w.l == nil {
		overOp("WriteOp", "RWLock.Write")
	}
	l := o.w.l
	hold, ok := o.w.poll(cx)
	if !ok {
		return future.Pending[WriteGuard]()
	}
	return future.Ready(WriteGuard{l, hold})
}

// Drop implements future.Dropper.
func (o *WriteOp) Drop() {
	if o == nil {
		nilReceiver("WriteOp", "make one with RWLock.Write")
	}
	o.w.drop()
}

// Await waits for the lock, see [future.Await].
func (o WriteOp) Await(co *future.Co) (WriteGuard, error) { return future.AwaitOp(co, o) }

// ReadGuard is a hold of an RWLock for reading. The value is not to be copied: whoever has it last
// unlocks it.
type ReadGuard struct{ l *RWLock }

// Unlock gives the hold up. It panics if it was unlocked before. Any thread may call it.
func (g *ReadGuard) Unlock() {
	if g == nil || g.l == nil {
		panic("coord: Unlock of a ReadGuard that is nil or zero, or was unlocked before: RWLock.Read and RWLock.TryRead make them")
	}
	l := g.l
	g.l = nil
	l.leave()
}

// Drop is Unlock, when the value of an operation is discarded (see [future.Discard]).
func (g ReadGuard) Drop() {
	if g.l != nil {
		g.l.leave()
	}
}

// WriteGuard is a hold of an RWLock for writing. It is a value; all copies of it are the same hold,
// and one of them ends it.
type WriteGuard struct {
	l    *RWLock
	hold uint64 // the word of the lock when it is held and nobody waits
}

// Unlock gives the hold up. It panics if it was unlocked or downgraded before. Any thread may call
// it.
func (g WriteGuard) Unlock() { g.end("Unlock", 0) }

// Drop is Unlock, when the value of an operation is discarded (see [future.Discard]).
func (g WriteGuard) Drop() { g.Unlock() }

// Downgrade makes the hold one for reading, with no writer in between. Readers that stand first in
// line come at once. It panics if it was unlocked or downgraded before.
func (g WriteGuard) Downgrade() ReadGuard {
	g.end("Downgrade", 1)
	return ReadGuard{g.l}
}

func (g WriteGuard) end(what string, readers uint64) {
	if g.l == nil {
		panic("coord: " + what + " of a zero WriteGuard: RWLock.Write and RWLock.TryWrite make them")
	}
	if !g.l.leaveWriting(g.hold, readers) {
		panic("coord: " + what + " of a WriteGuard whose hold of the RWLock has ended: it was unlocked or downgraded before, perhaps in a copy")
	}
}
