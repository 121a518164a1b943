package deque_test

import (
	"fmt"

	"github.com/magpie-go/magpie/deque"
)

// An owner takes all that was left in its inbox, at once and in order.
func ExamplePushAll() {
	var in deque.Inbox[message, *message]
	in.Push(&message{text: "one"})
	in.Push(&message{text: "two"})
	d := deque.NewFIFO[*message](0)
	l := in.TakeAll()
	deque.PushAll(d, &l)
	m, _ := d.Pop()
	fmt.Println(m.text, d.Len(), d.Cap())
	// Output: one 1 64
}

// Tasks are taken oldest first, by their owner and by thieves: nobody waits behind those that came
// later.
func ExampleNewFIFO() {
	d := deque.NewFIFO[string](0)
	d.Push("first")
	d.Push("second")
	s := d.Stealer()
	stolen, got := s.Steal()
	own, ok := d.Pop()
	fmt.Println(stolen, got, own, ok, s.Empty())
	// Output: first stolen second true true
}
