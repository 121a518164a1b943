package onmagpie

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// The machines that one would write by hand for what async.go has as straight code.

// waiting is waits.
type waiting struct {
	left   int
	yield  future.YieldOp
	inside bool
}

func (w *waiting) Poll(cx *waker.Context) future.Poll[unit] {
	for w.left > 0 {
		if !w.inside {
			w.yield, w.inside = future.Yield(), true
		}
		p := w.yield.Poll(cx)
		if p.IsPending() {
			return pending()
		}
		if err := p.Err(); err != nil {
			return future.Failed[unit](err)
		}
		w.inside = false
		w.left--
	}
	return ready()
}

// taking is readies.
type taking struct {
	n, i, sum int
	number    number
}

func (t *taking) Poll(cx *waker.Context) future.Poll[int] {
	for ; t.i < t.n; t.i++ {
		t.number = number(t.i)
		p := t.number.Poll(cx)
		if p.IsPending() {
			return future.Pending[int]()
		}
		v, err := p.Result()
		if err != nil {
			return future.Failed[int](err)
		}
		t.sum += v
	}
	return future.Ready(t.sum)
}

// calling is calls.
type calling struct {
	n, i, sum int
	outer     outerByHand
	inside    bool
}

func (c *calling) Poll(cx *waker.Context) future.Poll[int] {
	for c.i < c.n {
		if !c.inside {
			c.outer, c.inside = outerByHand{v: c.i}, true
		}
		p := c.outer.Poll(cx)
		if p.IsPending() {
			return p
		}
		v, err := p.Result()
		if err != nil {
			return p
		}
		c.inside = false
		c.sum += v
		c.i++
	}
	return future.Ready(c.sum)
}

type outerByHand struct {
	v      int
	middle middleByHand
	inside bool
}

func (o *outerByHand) Poll(cx *waker.Context) future.Poll[int] {
	if !o.inside {
		o.middle, o.inside = middleByHand{v: o.v}, true
	}
	return addOne(o.middle.Poll(cx))
}

type middleByHand struct {
	v      int
	inner  innerByHand
	inside bool
}

func (m *middleByHand) Poll(cx *waker.Context) future.Poll[int] {
	if !m.inside {
		m.inner, m.inside = innerByHand{v: m.v}, true
	}
	return addOne(m.inner.Poll(cx))
}

type innerByHand struct {
	v     int
	yield future.YieldOp
}

func (i *innerByHand) Poll(cx *waker.Context) future.Poll[int] {
	if i.v < 0 {
		if p := i.yield.Poll(cx); p.IsPending() {
			return future.Pending[int]()
		}
	}
	return future.Ready(i.v + 1)
}

func addOne(p future.Poll[int]) future.Poll[int] {
	if p.IsPending() {
		return p
	}
	v, err := p.Result()
	return future.Done(v+1, err)
}
