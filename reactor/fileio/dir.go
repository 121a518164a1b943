package fileio

import (
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// dirBatch is how many entries one call of the pool reads: enough that the hand-over is nothing beside
// it, and some 10 KB.
const dirBatch = 128

// ReadDir returns an operation that comes to what is in a folder, sorted by name, as os.ReadDir.
func ReadDir(name string) future.BlockingOp[[]fs.DirEntry] {
	return future.BlockingOn(Pool, func() ([]fs.DirEntry, error) { return os.ReadDir(name) })
}

// Entries returns a stream of what is in a folder, in no particular order, for folders of any size: it
// has some hundred of them at a time. Nothing happens before its first poll. Its error, which is the
// last there is to tell, is that of opening or of reading the folder. What is made or removed
// in the folder meanwhile may be among the entries or not.
func Entries(name string) *EntryStream { return &EntryStream{from: &folder{name: name}} }

// EntryStream is a future.Stream of what is in a folder, made by [Entries]. It belongs to one task,
// which drops it if it does not want all of them.
type EntryStream struct {
	from *folder
	open bool // the folder may be
	call future.BlockingOp[[]fs.DirEntry]
	next []fs.DirEntry
	err  error // after next
}

// folder is one that is read piece by piece, each by a call of the pool.
//
// The stream closes it, and not the call that it gives up: a call that is given up in the line of the pool, or
// refused there, is never made. So mu is held during a system call, by goroutines alone, and a folder that is
// closed stays closed. Rejected: to hand the open folder to the call and have it back with its outcome, as a call
// that is never made has none.
type folder struct {
	name string

	mu   sync.Mutex
	dir  *os.File // nil before the first call
	over bool     // it was closed, or never will be opened
}

// read returns some entries, and with future.ErrEnd the last ones.
func (d *folder) read() (entries []fs.DirEntry, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		return nil, fs.ErrClosed // for nobody
	}
	if d.dir == nil {
		if d.dir, err = os.Open(d.name); err != nil {
			d.over = true
			return nil, err
		}
	}
	entries, err = d.dir.ReadDir(dirBatch)
	if err != nil {
		d.end()
	}
	if err == io.EOF {
		err = future.ErrEnd
	}
	return entries, err
}

// end closes the folder if it is open. Under mu.
func (d *folder) end() {
	if d.over = true; d.dir != nil {
		_ = d.dir.Close()
		d.dir = nil
	}
}

// close ends the folder once nobody reads it.
func (d *folder) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end()
}

func (s *EntryStream) check() {
	if s == nil || s.from == nil {
		panic("fileio: a nil or zero EntryStream: Entries makes them")
	}
}

// PollNext implements future.Stream.
func (s *EntryStream) PollNext(cx *waker.Context) future.Poll[fs.DirEntry] {
	s.check()
	for {
		if len(s.next) > 0 || s.err != nil {
			if !cx.Spend() {
				return future.Pending[fs.DirEntry]()
			}
			return s.take()
		}
		if s.call == noBatch {
			s.call = future.BlockingOn(Pool, s.from.read)
			s.open = true
		}
		c := s.call.Poll(cx)
		if c.IsPending() {
			return future.Pending[fs.DirEntry]()
		}
		s.call = noBatch
		if s.next, s.err = c.Result(); s.err == future.ErrEnd {
			s.open = false // the call has closed it
		} else if s.err != nil {
			s.close() // unless it was the pool that failed the call has closed it, too
		}
		if len(s.next) > 0 || s.err != nil {
			return s.take()
		}
	}
}

var noBatch future.BlockingOp[[]fs.DirEntry]

// close closes the folder if it may be open, off the thread that calls it.
func (s *EntryStream) close() {
	if s.open {
		s.open = false
		go s.from.close()
	}
}

// take hands out an entry, or the error after the last one, once, and then the end.
func (s *EntryStream) take() future.Poll[fs.DirEntry] {
	if len(s.next) > 0 {
		e := s.next[0]
		s.next[0] = nil
		s.next = s.next[1:]
		return future.Ready(e)
	}
	err := s.err
	s.err = future.ErrEnd
	return future.Failed[fs.DirEntry](err)
}

// Drop implements future.Dropper: it closes the folder. Polled after it, the stream has ended.
func (s *EntryStream) Drop() {
	s.check()
	if s.call != noBatch {
		s.call.Drop()
		s.call = noBatch
	}
	s.close()
	s.next, s.err = nil, future.ErrEnd
}
