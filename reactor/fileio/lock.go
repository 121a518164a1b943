package fileio

import (
	"os"
	"sync"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// Advisory locks.
//
// A lock belongs to an open file, not to a process or a task: two opens of one file contend, also in one
// process, and a second lock of one open file changes the first one, from exclusive to shared or back.
// Closing the file unlocks it, and so does the end of the process. On Unix they are those of flock(2),
// which nobody is bound to ask for. On Windows others cannot read or write what is locked, and a second
// lock of one open file waits for the first.
//
// An attempt whose operation is dropped may still come to a lock, which is then given back. By that time
// another attempt for the same open file may have found itself holding it. So attempts and unlocks are
// numbered, under a mutex that goroutines of the pool hold: what is given back is the lock of an
// attempt that nothing has followed.
//
// To wait is to try again, after a millisecond at first and 50 at last, without holding a goroutine
// meanwhile. Rejected: to wait in the system call. Nobody can end that, and the pool would fill with
// those who wait until the operation that unlocks has no place to run on.
const (
	firstTry = time.Millisecond
	lastTry  = 50 * time.Millisecond
)

// Lock returns an operation that is ready when the file is locked, for this open file alone. It waits while
// others have it locked, for as long as that is. Dropped, it gives up; a lock that it has got is
// given back.
func (f *File) Lock() LockOp { return LockOp{newLock(f, exclusive)} }

// RLock is [File.Lock] for a lock that several may have at the same time, but nobody beside an
// exclusive one.
func (f *File) RLock() LockOp { return LockOp{newLock(f, shared)} }

// TryLock returns an operation that comes to whether the file could be locked, without waiting for others.
func (f *File) TryLock() TryLockOp { return tryLock(f, exclusive) }

// TryRLock is [File.TryLock] for a lock that several may have.
func (f *File) TryRLock() TryLockOp { return tryLock(f, shared) }

// how is a kind of lock.
type how uint8

const (
	exclusive how = iota
	shared
)

// locking is what a File knows of its lock.
type locking struct {
	mu  sync.Mutex // during the system calls
	seq uint64     // of attempts and unlocks
}

// held is a lock that was got, by the attempt of that number, and is given back if it is for nobody. The
// file is nil if it was not got.
type held struct {
	f   *File
	seq uint64
}

// Drop gives the lock back, off the thread that calls it.
func (h held) Drop() {
	go func() {
		l := &h.f.locking
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.seq == h.seq {
			_ = unlock(h.f.f)
		}
	}()
}

func try(f *File, how how) future.BlockingOp[held] {
	return run(f, "lock", func(file *os.File) (held, error) {
		l := &f.locking
		l.mu.Lock()
		defer l.mu.Unlock()
		l.seq++
		got, err := lock(file, how)
		if err != nil || !got {
			return held{}, err
		}
		return held{f, l.seq}, nil
	})
}

// Unlock returns an operation that gives the lock back. There being none is no error.
func (f *File) Unlock() future.BlockingOp[future.Unit] {
	return f.do("unlock", func(file *os.File) error {
		l := &f.locking
		l.mu.Lock()
		defer l.mu.Unlock()
		l.seq++
		return unlock(file)
	})
}

// TryLockOp is one attempt at a lock, by [File.TryLock]. Dropped, it gives back what it has got.
type TryLockOp struct{ call future.BlockingOp[held] }

func tryLock(f *File, how how) TryLockOp { return TryLockOp{try(f, how)} }

func (o TryLockOp) check() {
	if o == (TryLockOp{}) {
		panic("fileio: a zero TryLockOp: File.TryLock and File.TryRLock make them")
	}
}

// Poll implements future.Future.
func (o TryLockOp) Poll(cx *waker.Context) future.Poll[bool] {
	o.check()
	p := o.call.Poll(cx)
	if p.IsPending() {
		return future.Pending[bool]()
	}
	h, err := p.Result()
	return future.Done(h.f != nil, err)
}

// Drop implements future.Dropper.
func (o TryLockOp) Drop() {
	o.check()
	o.call.Drop()
}

// Await waits for the attempt, see [future.Await].
func (o TryLockOp) Await(co *future.Co) (bool, error) { return future.AwaitOp(co, o) }

// LockOp is a file being locked, by [File.Lock] or [File.RLock]: a handle, one pointer.
type LockOp struct{ l *lockFuture }

func (o LockOp) future() *lockFuture {
	if o.l == nil {
		panic("fileio: a zero LockOp: File.Lock and File.RLock make them")
	}
	return o.l
}

// Poll implements future.Future.
func (o LockOp) Poll(cx *waker.Context) future.Poll[future.Unit] { return o.future().Poll(cx) }

// Drop implements future.Dropper.
func (o LockOp) Drop() { o.future().Drop() }

// Await waits for the lock, see [future.Await].
func (o LockOp) Await(co *future.Co) (future.Unit, error) {
	return future.Await[future.Unit](co, o.future())
}

// lockFuture tries, or pauses.
type lockFuture struct {
	f     *File
	how   how
	call  future.BlockingOp[held]
	pause time.Duration
	alarm reactor.Alarm // set during a pause
	over  bool
}

func newLock(f *File, how how) *lockFuture {
	return &lockFuture{f: f, how: how, call: try(f, how), pause: firstTry}
}

func (l *lockFuture) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if l.over {
		panic("fileio: a LockOp polled after Ready (or after Drop); make another one")
	}
	for {
		if l.alarm.IsSet() {
			if l.alarm.Poll(cx).IsPending() {
				return future.Pending[future.Unit]()
			}
			l.call = try(l.f, l.how)
		}
		p := l.call.Poll(cx)
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		if h, err := p.Result(); err != nil || h.f != nil {
			l.over = true
			return future.Done(future.Unit{}, err)
		}
		l.alarm = reactor.NewAlarm(l.pause)
		l.pause = min(2*l.pause, lastTry)
	}
}

func (l *lockFuture) Drop() {
	switch {
	case l.over:
	case l.alarm.IsSet():
		l.alarm.Drop()
	default:
		l.call.Drop()
	}
	l.over = true
}
