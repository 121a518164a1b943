package linear

import (
	"fmt"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/magpie-go/magpie/deque"
)

type letter struct {
	link   deque.Link[letter]
	number int
}

func (l *letter) InboxLink() *deque.Link[letter] { return &l.link }

type inbox = deque.Inbox[letter, *letter]

// The operations of an inbox besides push, whose output is whether it was the first.
type (
	takeAll struct{} // its output is a []int, oldest first
	isEmpty struct{}
)

var inboxModel = porcupine.Model{
	Init: func() any { return []int(nil) },
	Step: func(state, in, out any) (bool, any) {
		have := state.([]int)
		switch in := in.(type) {
		case push:
			return out.(bool) == (len(have) == 0), append(slices.Clone(have), int(in))
		case takeAll:
			return slices.Equal(out.([]int), have), []int(nil)
		case isEmpty:
			return out.(bool) == (len(have) == 0), have
		}
		return false, have
	},
	Equal:             func(a, b any) bool { return slices.Equal(a.([]int), b.([]int)) },
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%T %v: %v", in, in, out) },
}

func pusher(in *inbox, from, n int) func(r *recorder) {
	return func(r *recorder) {
		for i := range n {
			l := &letter{number: from + i}
			r.do(push(l.number), func() any { return in.Push(l) })
		}
	}
}

func taker(in *inbox, n int) func(r *recorder) {
	return func(r *recorder) {
		for range n {
			r.do(isEmpty{}, func() any { return in.Empty() })
			r.do(takeAll{}, func() any {
				var took []int
				list := in.TakeAll()
				for l := list.Next(); l != nil; l = list.Next() {
					took = append(took, l.number)
				}
				return took
			})
		}
	}
}

func TestInbox(t *testing.T) {
	c := checker{model: inboxModel}
	for range rounds(t) {
		in := new(inbox)
		c.check(t, history(pusher(in, 100, 30), pusher(in, 200, 30), taker(in, 15), taker(in, 15)))
	}
	c.finish(t)
}

func TestInboxModelSaysNo(t *testing.T) {
	for name, ops := range map[string][]any{
		"lost":         {push(1), true, takeAll{}, []int(nil)},
		"taken twice":  {push(1), true, takeAll{}, []int{1}, takeAll{}, []int{1}},
		"out of order": {push(1), true, push(2), false, takeAll{}, []int{2, 1}},
		"two firsts":   {push(1), true, push(2), true},
		"no first":     {push(1), false},
		"not empty":    {push(1), true, isEmpty{}, true},
	} {
		if porcupine.CheckOperations(inboxModel, inTurn(ops)) {
			t.Errorf("%s: accepted", name)
		}
	}
}
