package fileio

import (
	"io"
	"io/fs"
	"os"

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
func Entries(name string) *EntryStream { return &EntryStream{name: &name} }

// EntryStream is a future.Stream of what is in a folder, made by [Entries]. It belongs to one task,
// which drops it if it does not want all of them.
type EntryStream struct {
	name *string
	dir  *os.File // open between two calls
	call future.BlockingOp[batch]
	next []fs.DirEntry
	err  error // after next
}

// batch is some entries and the folder that there may be more in, which is closed if they are for nobody.
type batch struct {
	entries []fs.DirEntry
	dir     *os.File
}

// Drop closes the folder, off the thread that calls it.
func (b batch) Drop() {
	if b.dir != nil {
		go b.dir.Close()
	}
}

// readBatch reads some entries, and closes the folder when there are no more.
func readBatch(d *os.File) (batch, error) {
	entries, err := d.ReadDir(dirBatch)
	if err == nil {
		return batch{entries, d}, nil
	}
	_ = d.Close()
	if err == io.EOF {
		err = future.ErrEnd
	}
	return batch{entries: entries}, err
}

func (s *EntryStream) check() {
	if s == nil || s.name == nil {
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
		if s.call == (future.BlockingOp[batch]{}) {
			s.call = s.begin()
		}
		c := s.call.Poll(cx)
		if c.IsPending() {
			return future.Pending[fs.DirEntry]()
		}
		s.call = future.BlockingOp[batch]{}
		b, err := c.Result()
		s.next, s.dir, s.err = b.entries, b.dir, err
		if len(s.next) > 0 || s.err != nil {
			return s.take()
		}
	}
}

// begin reads the next batch, or the first one, for which the folder is opened.
func (s *EntryStream) begin() future.BlockingOp[batch] {
	name, dir := *s.name, s.dir
	s.dir = nil
	return future.BlockingOn(Pool, func() (batch, error) {
		if dir == nil {
			opened, err := os.Open(name)
			if err != nil {
				return batch{}, err
			}
			dir = opened
		}
		return readBatch(dir)
	})
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
	if s.call != (future.BlockingOp[batch]{}) {
		s.call.Drop()
		s.call = future.BlockingOp[batch]{}
	}
	batch{dir: s.dir}.Drop()
	s.dir, s.next, s.err = nil, nil, future.ErrEnd
}
