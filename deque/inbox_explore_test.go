//go:build explore

package deque

import (
	"fmt"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
)

type letter struct {
	link   Link[letter]
	number int
}

func (l *letter) InboxLink() *Link[letter] { return &l.link }

// post is an inbox, how often it was said to have been empty before a push, and what
// each taker took at each time.
type post struct {
	x      *explore.Run
	in     Inbox[letter, *letter]
	firsts []*int
	takes  []*[][]int
}

func newPost(x *explore.Run) *post {
	p := &post{x: x}
	x.Label("in", &p.in)
	return p
}

// pusher adds a thread that pushes letters with these numbers.
func (p *post) pusher(numbers ...int) {
	firsts := new(int)
	p.firsts = append(p.firsts, firsts)
	p.x.Go("", func() {
		for _, n := range numbers {
			if p.in.Push(&letter{number: n}) {
				*firsts++
			}
		}
	})
}

// taker adds a thread that takes all, n times.
func (p *post) taker(n int) {
	taken := new([][]int)
	p.takes = append(p.takes, taken)
	p.x.Go("", func() {
		for range n {
			*taken = append(*taken, p.take())
		}
	})
}

func (p *post) take() (numbers []int) {
	l := p.in.TakeAll()
	n := l.Len()
	for m := l.Next(); m != nil; m = l.Next() {
		p.x.Assert(m.link.next == nil, "letter %d is still linked", m.number)
		numbers = append(numbers, m.number)
	}
	p.x.Assert(n == len(numbers), "a list of length %d has %v", n, numbers)
	return numbers
}

// check: everything arrived once; letters of one pusher, whose numbers have the same
// tens, came in order; each filling of the inbox was announced once.
func (p *post) check(want ...int) {
	var all []int
	firsts, fillings := 0, 0
	rest := [][]int{p.take()}
	for _, taken := range append(p.takes, &rest) {
		last := map[int]int{}
		for _, list := range *taken {
			if len(list) > 0 {
				fillings++
			}
			for _, n := range list {
				p.x.Assert(last[n/10] < n, "letter %d was taken after %d", n, last[n/10])
				last[n/10] = n
			}
			all = append(all, list...)
		}
	}
	for _, n := range p.firsts {
		firsts += *n
	}
	slices.Sort(all)
	p.x.Assert(slices.Equal(all, want), "of %v were taken %v", want, all)
	p.x.Assert(firsts == fillings, "%d letters were said to be the first, in %d lists", firsts, fillings)
	p.x.Assert(p.in.Empty(), "the inbox is not empty")
}

func TestModelInbox(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := newPost(x)
		p.pusher(11, 12)
		p.pusher(21)
		p.taker(2)
		x.Finally(func() { p.check(11, 12, 21) })
	})
}

func TestModelInboxTwoTakers(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := newPost(x)
		p.pusher(11)
		p.pusher(21)
		p.taker(1)
		p.taker(1)
		x.Finally(func() { p.check(11, 21) })
	})
}

// A letter that comes back into the inbox while a push is under way: the head is the
// same pointer as before, and another list hangs from it.
func TestModelInboxSameLetterAgain(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := newPost(x)
		old, below := &letter{number: 2}, &letter{number: 1}
		p.in.Push(below)
		p.in.Push(old)
		firsts := 1
		var taken []int
		x.Go("again", func() {
			taken = p.take()
			if p.in.Push(old) {
				firsts++
			}
		})
		p.pusher(3)
		x.Finally(func() {
			rest := p.take()
			all := append(slices.Clone(taken), rest...)
			slices.Sort(all)
			x.Assert(slices.Equal(all, []int{1, 2, 2, 3}), "taken first %v, then %v", taken, rest)
			x.Assert(firsts+*p.firsts[0] == 2, "%d letters were said to be the first, in 2 lists", firsts+*p.firsts[0])
		})
	})
}

// What a pusher wrote into a letter is there when an owner's thief reads it.
func TestModelPushAll(t *testing.T) {
	for _, thieves := range []int{1, 2} {
		t.Run(fmt.Sprintf("thieves=%d", thieves), func(t *testing.T) {
			bothOrders(t, func(x *explore.Run, fifo bool) { modelPushAll(x, fifo, thieves) })
		})
	}
}

func modelPushAll(x *explore.Run, fifo bool, thieves int) {
	p := newPost(x)
	d := NewSmall[*letter](2, fifo)
	x.Label("d", d)
	p.in.Push(&letter{number: 1})
	p.in.Push(&letter{number: 2})
	took := make([][]int, 1+thieves)
	x.Go("owner", func() {
		for range 2 {
			l := p.in.TakeAll()
			PushAll(d, &l)
			x.Assert(l.Len() == 0, "PushAll left %d", l.Len())
		}
		if m, ok := d.Pop(); ok {
			took[0] = append(took[0], m.number)
		}
	})
	p.pusher(3)
	for i := range thieves {
		x.Go("", func() {
			for range 2 / thieves {
				if m, got := d.Stealer().Steal(); got == Stolen {
					took[1+i] = append(took[1+i], m.number)
				}
			}
		})
	}
	x.Finally(func() {
		all := p.take()
		for _, t := range took {
			all = append(all, t...)
		}
		for m, ok := d.Pop(); ok; m, ok = d.Pop() {
			all = append(all, m.number)
		}
		slices.Sort(all)
		x.Assert(slices.Equal(all, []int{1, 2, 3}), "taken %v: by owner and thieves %v", all, took)
		for _, m := range d.Slots() {
			x.Assert(m == nil, "the empty deque keeps a letter")
		}
	})
}
