package deque_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/deque"
)

type node struct {
	link deque.Link[node]
	id   int
}

func (n *node) InboxLink() *deque.Link[node] { return &n.link }

type inbox = deque.Inbox[node, *node]

func ids(l *deque.List[node, *node]) (list []int) {
	for n := l.Next(); n != nil; n = l.Next() {
		list = append(list, n.id)
	}
	return list
}

func TestInbox(t *testing.T) {
	var in inbox
	if l := in.TakeAll(); !in.Empty() || l.Len() != 0 || l.Next() != nil {
		t.Error("a new inbox has something in it")
	}
	nodes := make([]node, 5)
	for round := range 3 { // the same nodes, again and again
		for i := range nodes {
			nodes[i].id = 5*round + i
			if first := in.Push(&nodes[i]); first != (i == 0) {
				t.Errorf("push %d says first: %v", i, first)
			}
		}
		if in.Empty() {
			t.Error("5 pushes left it empty")
		}
		l := in.TakeAll()
		if l.Len() != 5 || !in.Empty() {
			t.Errorf("TakeAll took %d, and empty is %v", l.Len(), in.Empty())
		}
		if got := ids(&l); !slices.Equal(got, numbers(5*round, 5*round+4)) || l.Len() != 0 {
			t.Errorf("took %v, %d left", got, l.Len())
		}
	}
}

func TestPushAll(t *testing.T) {
	for _, n := range []int{0, 1, 3, 64, 1000} {
		var in inbox
		d := deque.NewSmall[*node](2, true)
		d.Push(&node{id: 0})
		for i := range n {
			in.Push(&node{id: i + 1})
		}
		l := in.TakeAll()
		deque.PushAll(d, &l)
		var got []int
		for _, n := range all(d) {
			got = append(got, n.id)
		}
		if !slices.Equal(got, numbers(0, n)) || l.Len() != 0 || l.Next() != nil {
			t.Errorf("of %d the deque got %v, %d left in the list", n, got, l.Len())
		}
	}
}
