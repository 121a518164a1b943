package deque_test

import (
	"fmt"
	"sync"

	"github.com/magpie-go/magpie/deque"
)

func Example() {
	d := deque.NewFIFO[string](0)
	for _, s := range []string{"a", "b", "c"} {
		d.Push(s)
	}
	oldest, _ := d.Stealer().Steal()
	next, ok := d.Pop()
	fmt.Println(oldest, next, ok, d.Len())
	// Output: a b true 1
}

// An owner works on its newest elements while thieves take the oldest.
func ExampleNewLIFO() {
	d := deque.NewLIFO[int](0)
	for i := range 1000 {
		d.Push(i)
	}
	var wg sync.WaitGroup
	sums := make([]int, 3)
	for i := range 2 {
		wg.Go(func() {
			for s := d.Stealer(); ; {
				switch v, got := s.Steal(); got {
				case deque.Stolen:
					sums[i] += v
				case deque.Empty:
					return
				case deque.Retry: // somebody else took it; the next one may be ours
				}
			}
		})
	}
	for v, ok := d.Pop(); ok; v, ok = d.Pop() {
		sums[2] += v
	}
	wg.Wait()
	fmt.Println(sums[0] + sums[1] + sums[2])
	// Output: 499500
}

// A thief with a deque of its own takes half at once.
func ExampleStealer_StealHalf() {
	busy, idle := deque.NewFIFO[int](0), deque.NewFIFO[int](0)
	for i := range 10 {
		busy.Push(i)
	}
	first, n, got := busy.Stealer().StealHalf(idle)
	fmt.Println(first, n, got, idle.Len(), busy.Len())
	// Output: 0 5 stolen 4 5
}

type message struct {
	link deque.Link[message]
	text string
}

func (m *message) InboxLink() *deque.Link[message] { return &m.link }

// Threads without a deque of their own leave their elements in an inbox.
func ExampleInbox() {
	var in deque.Inbox[message, *message]
	first := in.Push(&message{text: "one"})
	second := in.Push(&message{text: "two"})
	fmt.Println(first, second)

	l := in.TakeAll()
	for m := l.Next(); m != nil; m = l.Next() {
		fmt.Println(m.text)
	}
	fmt.Println(in.Empty())
	// Output:
	// true false
	// one
	// two
	// true
}
