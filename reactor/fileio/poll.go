package fileio

import (
	"io/fs"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of polling a file.
//
// PollRead and PollWrite may be given up, and their slices are then the caller's again at once. So the
// goroutine that moves the bytes has a buffer of the file's for each direction, and never the slices:
//
//	PollRead   a call of the pool fills the buffer, and the poll takes from it; what a poll that was
//	           given up has left there is for the next one
//	PollWrite  takes bytes into the buffer and is ready; a call of the pool writes them
//
// A direction has two locks. mu is held by goroutines of the pool, for as long as they read or write,
// and with it goes the buffer, but for the bytes in data. lock guards data and err, for a few
// instructions; the poller takes only that. op, a call that is under way, is the poller's alone.
//
// To the other operations it must look as if there were no buffers. Of a regular file, which has one
// offset for all, they are put in order first (settle): what was taken is written, and the offset is set
// back by what was read and not handed out. A pipe has no offset, and its directions must not wait for one
// another: there a read begins with what is in the buffer, and a write follows what was taken.
//
// Whoever holds mu may do the work of a call that waits for it: a write that was taken is written by
// the first of those that come, and the others find nothing. So nobody waits for a call that may stand
// behind it in the line of the pool. Rejected: the operations waiting for that call, which is a deadlock
// in a pool of one.
//
// mu of out is taken before mu of in.
type polled struct {
	in, out side
}

type side struct {
	op future.BlockingOp[future.Unit] // under way, unless zero

	mu  sync.Mutex
	buf []byte

	lock spin.Lock
	data []byte // read and not handed out, or taken and not written
	err  error  // after data
}

// mostPolled is how much one PollRead or PollWrite moves at most: enough that handing it to a goroutine,
// some microseconds, is little beside copying it.
const mostPolled = 128 << 10

var noCall future.BlockingOp[future.Unit]

// polling returns what polls share, after making it if it is not there.
func (f *File) polling() *polled {
	if pl := f.polled.Load(); pl != nil {
		return pl
	}
	f.polled.CompareAndSwap(nil, new(polled))
	return f.polled.Load()
}

// PollRead reads at most len(p) bytes, and at most 128 KB, from the file's offset on into p, which is
// not kept. It returns Pending, with the waker of cx left to be woken, while a goroutine reads; io.EOF at
// the end of the file, which may be followed by more when the file has grown. Given up in the middle it
// loses nothing: what was read is for the next PollRead, or [File.Read].
//
// With it a File is a reader for what polls, as package aio does. One task at a time polls for reading. It
// costs what [File.Read] costs, and once a buffer of the size of p.
func (f *File) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if f.file() == nil || len(p) == 0 {
		return f.nothing(cx, "read")
	}
	in := &f.polling().in
	for {
		if in.op == noCall && in.holds() {
			if !cx.Spend() {
				return future.Pending[int]()
			}
		} else {
			if in.op == noCall {
				want := min(len(p), mostPolled)
				in.op = f.call(func() { f.fill(want) })
			}
			c := in.op.Poll(cx)
			if c.IsPending() {
				return future.Pending[int]()
			}
			in.op = noCall
			if err := c.Err(); err != nil { // of the pool
				return future.Failed[int](pathError("read", f.f, err))
			}
		}
		if n, ok, err := in.take(p); ok {
			return future.Done(n, err)
		} // else an operation of another task has put things in order
	}
}

// PollWrite takes at most 128 KB of p, from which a goroutine writes them at the file's offset, and
// returns how many. It returns Pending, with the waker of cx left to be woken, while it writes what was taken before. An
// error of that is returned by the next PollWrite, [File.PollFlush], WriteAll, Sync or Close. p is not kept.
//
// With it a File is a writer for what polls, as package aio does. One task at a time polls for writing. What was
// taken is certain to be in the file only after a PollFlush, or one of the operations above.
func (f *File) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if f.file() == nil || len(p) == 0 {
		return f.nothing(cx, "write")
	}
	out := &f.polling().out
	if c := f.pollOut(cx, out); c.IsPending() {
		return future.Pending[int]()
	} else if c.Err() != nil {
		return future.Failed[int](c.Err())
	}
	n := min(len(p), mostPolled)
	out.put(p[:n])
	out.op = f.call(f.flush)
	// It has begun; who is to be woken when it ends says the next poll.
	quiet := cx.WithWaker(waker.Noop())
	out.op.Poll(&quiet)
	return future.Ready(n)
}

// PollFlush is ready when what PollWrite has taken is written, or fails with the error of that.
func (f *File) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	if f.file() == nil {
		return future.Failed[future.Unit](pathError("write", nil, fs.ErrInvalid))
	}
	return f.pollOut(cx, &f.polling().out)
}

// ForgetRead gives back the waker that a PollRead has left, for a read that is given up: what it belongs to is not kept alive by a
// pipe or a terminal that has nothing. What is read is for the next PollRead. The task that polls for reading calls it.
func (f *File) ForgetRead() {
	if f.file() == nil || f.polled.Load() == nil {
		return
	}
	if in := &f.polled.Load().in; in.op != noCall {
		quiet := waker.FromWaker(waker.Noop())
		if in.op.Poll(&quiet).IsReady() {
			in.op = noCall // after an error, of the pool, the next poll makes another call
		}
	}
}

// ForgetWrite is to writing what ForgetRead is to reading. What was taken is written all the same.
func (f *File) ForgetWrite() {
	if f.file() == nil || f.polled.Load() == nil {
		return
	}
	if out := &f.polled.Load().out; out.op != noCall {
		quiet := waker.FromWaker(waker.Noop())
		if err := f.pollOut(&quiet, out).Err(); err != nil {
			out.deposit(nil, err) // to be told of
		}
	}
}

// pollOut is ready when nothing is being written.
func (f *File) pollOut(cx *waker.Context, out *side) future.Poll[future.Unit] {
	if out.op == noCall {
		if !cx.Spend() {
			return future.Pending[future.Unit]()
		}
	} else {
		c := out.op.Poll(cx)
		if c.IsPending() {
			return c
		}
		out.op = noCall
		if err := c.Err(); err != nil { // of the pool
			out.drop()
			out.buf = nil // an operation of another task may be writing from it
			return future.Failed[future.Unit](pathError("write", f.f, err))
		}
	}
	return future.Done(future.Unit{}, out.failure())
}

// nothing is what a poll returns that need not touch the file. A file that there is not is told of whatever
// is left of the budget.
func (f *File) nothing(cx *waker.Context, op string) future.Poll[int] {
	if f.file() == nil {
		return future.Failed[int](pathError(op, nil, fs.ErrInvalid))
	}
	if !cx.Spend() {
		return future.Pending[int]()
	}
	return future.Ready(0)
}

// call runs fn on the pool.
func (f *File) call(fn func()) future.BlockingOp[future.Unit] {
	return future.BlockingOn(f.pool(), func() (future.Unit, error) {
		f.know()
		fn()
		return future.Unit{}, nil
	})
}
