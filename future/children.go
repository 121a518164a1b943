package future

import (
	"strconv"

	"github.com/magpie-go/magpie/waker"
)

// children are the futures under a JoinAll or a Race, each under a waker of its own.
type children[T any] struct {
	set  wakeSet
	fs   []Future[T] // nil where one has ended
	live int
	who  string
	over bool
}

func (c *children[T]) init(fs []Future[T]) {
	for i, f := range fs {
		notNil(f != nil, c.who, "future (argument "+strconv.Itoa(i)+")", aFuture)
	}
	c.fs = append(c.fs, fs...) // entries are cleared: the caller's slice is not ours
	c.live = len(fs)
	c.set.init(len(fs))
}

func (c *children[T]) check() {
	if c.over {
		ended(c.who)
	}
}

// poll polls child i, unless it ended before, and forgets it when it ends.
func (c *children[T]) poll(i int, cx *waker.Context) Poll[T] {
	f := c.fs[i]
	if f == nil {
		return Pending[T]()
	}
	p := f.Poll(cx)
	if p.ready {
		c.fs[i] = nil
		c.live--
	}
	return p
}

// drop ends the parent: it drops the children that are left.
func (c *children[T]) drop() {
	fs := c.fs
	c.fs, c.over = nil, true
	defer endEach(0, len(fs), func(i int) { Drop(fs[i]) })
	c.set.release()
}
