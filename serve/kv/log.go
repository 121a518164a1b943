package kv

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/resp"
)

// Fsync is when what was written to the log is forced to the disk. Whatever it is, no answer is sent before the
// operating system has what led to it: the end of the process alone loses nothing that was answered.
type Fsync uint8

const (
	FsyncEverySecond Fsync = iota // the end of the machine loses a second at most
	FsyncAlways                   // before each answer: it loses nothing
	FsyncNo                       // when the operating system likes
)

func (f Fsync) String() string {
	switch f {
	case FsyncEverySecond:
		return "everysec"
	case FsyncAlways:
		return "always"
	case FsyncNo:
		return "no"
	}
	return fmt.Sprintf("Fsync(%d)", uint8(f))
}

// ParseFsync returns the policy of a name as Redis has them: everysec, always or no.
func ParseFsync(name string) (Fsync, error) {
	for f := range FsyncNo + 1 {
		if f.String() == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("kv: there is no fsync policy %q; it is everysec, always or no", name)
}

// appendLog is the file that all changes are appended to, as commands in RESP.
//
// Protocol: a command is appended to buf while the shards of its keys are locked, so the file has the commands on each
// key in the order in which they happened. appended counts the bytes. A goroutine takes buf, writes it, syncs it if the
// policy says so, and then moves safe to what it had taken and wakes those who wait. A connection sends answers
// only when safe has reached what appended was when it had run their commands; if not it leaves its waker. safe
// moves and wakers are left under the lock, so none is left behind. One write, and one sync, serves all
// connections that came while the last was under way.
//
// Invariant: safe <= appended, and both only grow.
//
// Rejected: writing by the worker, which costs no wake-up where the file is in memory, but the worker, and all tasks bound
// to it, stand still when the system throttles writers or the disk is slow.
type appendLog struct {
	file   *os.File // the goroutine's
	policy Fsync
	start  word.Int64    // of the bytes that are counted, where in the file: it had some before, or is another one now
	grow   growth        // the goroutine's
	newLog chan takeover // a file that is to be the log

	lock    spin.Lock
	buf     []byte
	waiting []waker.Waker
	turn    uint64 // how often those that waited were woken

	appended, safe word.Uint64
	failed         word.Pointer[error] // nothing is safe any more
	over           word.Bool           // nothing more is appended, see Server.Close
	todo           chan struct{}       // buf has something
	quit, done     chan struct{}
	closed         sync.Once
}

func openLog(name string, policy Fsync) (*appendLog, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("kv: the log cannot be opened: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("kv: the log cannot be opened: %w", err), file.Close())
	}
	l := &appendLog{file: file, policy: policy, todo: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}), newLog: make(chan takeover)}
	l.start.Store(info.Size())
	l.grow.base.Store(info.Size())
	go l.run()
	return l, nil
}

// append adds a command. It is called with the shards of its keys locked.
func (l *appendLog) append(args [][]byte) {
	l.lock.Lock()
	first := len(l.buf) == 0
	before := len(l.buf)
	l.buf = resp.AppendCommand(l.buf, args...)
	l.appended.Add(uint64(len(l.buf) - before))
	l.lock.Unlock()
	if first {
		select {
		case l.todo <- struct{}{}:
		default:
		}
	}
}

// reached reports whether the log is safe up to there. If not, the task is woken when it may be. Without a log
// everything is safe. turn is the caller's, whose polls are all of one task: in which turn it has left its waker, 0 at first. One that is polled
// often meanwhile, for messages, leaves it once.
func (l *appendLog) reached(cx *waker.Context, at uint64, turn *uint64) (bool, error) {
	if l == nil || l.safe.Load() >= at {
		return true, nil
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.safe.Load() >= at {
		return true, nil
	}
	if err := l.failed.Load(); err != nil {
		return false, *err
	}
	if *turn != l.turn+1 {
		*turn = l.turn + 1
		l.waiting = append(l.waiting, cx.Waker().Clone())
	}
	return false, nil
}

// run writes until close.
func (l *appendLog) run() {
	defer close(l.done)
	var second <-chan time.Time
	if l.policy == FsyncEverySecond {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		second = ticker.C
	}
	var spare []byte
	unsynced := false
	synced := make(chan error, 1)
	syncing := false
	for {
		select {
		case <-l.todo:
			var n int
			spare, n = l.write(spare)
			unsynced = unsynced || n > 0
			l.grow.look(l.size())
		case t := <-l.newLog:
			if syncing {
				syncing = false
				if err := <-synced; err != nil {
					l.fail(err)
				}
			}
			spare, _ = l.write(spare)
			t.err <- l.take(t.by)
		case <-second:
			// Beside the writes, which would have to wait for it.
			if unsynced && !syncing {
				unsynced, syncing = false, true
				go func(f *os.File) { synced <- f.Sync() }(l.file)
			}
		case err := <-synced:
			syncing = false
			if err != nil {
				l.fail(err)
			}
		case <-l.quit:
			if syncing {
				if err := <-synced; err != nil {
					l.fail(err) // the system may tell of it only once
				}
			}
			l.write(spare)
			return
		}
	}
}

// write writes what has been appended, into whose place spare comes, and returns what may be the next one.
func (l *appendLog) write(spare []byte) (_ []byte, n int) {
	l.lock.Lock()
	buf, end := l.buf, l.appended.Load()
	l.buf = spare[:0]
	l.lock.Unlock()
	if l.failed.Load() == nil && len(buf) > 0 {
		_, err := l.file.Write(buf)
		if err == nil && l.policy == FsyncAlways {
			err = l.file.Sync()
		}
		if err != nil {
			l.fail(err)
		} else {
			l.wake(func() { l.safe.Store(end) })
		}
	}
	const most = 1 << 20 // a buffer that was once needed is not kept
	if cap(buf) > most {
		buf = nil
	}
	return buf, len(buf)
}

// fail has everybody who waits for the log end, and all changes be refused.
func (l *appendLog) fail(err error) {
	err = fmt.Errorf("kv: the log cannot be written: %w", err)
	l.wake(func() { l.failed.Store(&err) })
}

func (l *appendLog) wake(change func()) {
	l.lock.Lock()
	change()
	waiting := l.waiting
	l.waiting = nil
	l.turn++
	l.lock.Unlock()
	for _, w := range waiting {
		w.Wake()
	}
}

// close writes what is left, syncs and closes. One call does it; the others wait for that.
func (l *appendLog) close() (err error) {
	l.closed.Do(func() {
		close(l.quit)
		<-l.done
		if failed := l.failed.Load(); failed != nil {
			err = *failed
		}
		err = errors.Join(err, l.file.Sync(), l.file.Close())
	})
	return err
}

// end returns what a connection ends with that has said all: the failure of the log, or io.EOF.
func (l *appendLog) end() error {
	if l != nil {
		if err := l.failed.Load(); err != nil {
			return *err
		}
	}
	return io.EOF
}

// misconf is what is answered when the log cannot be written.
const misconf = "MISCONF Errors writing to the AOF file: what was changed would be lost"

// refuses returns why a change would not reach the log, "" if it does. Without a log everything does.
func (l *appendLog) refuses() string {
	switch {
	case l == nil:
		return ""
	case l.failed.Load() != nil:
		return misconf
	case l.over.Load():
		return "ERR the server is closed"
	}
	return ""
}
