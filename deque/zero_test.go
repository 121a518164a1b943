package deque_test

import (
	"testing"

	"github.com/magpie-go/magpie/deque"
)

// What is empty without being made works.
func TestZeroValues(t *testing.T) {
	var d deque.Deque[int]
	if _, ok := d.Pop(); ok || d.Len() != 0 || !d.Stealer().Empty() {
		t.Error("a zero Deque is not empty")
	}
	if _, got := d.Stealer().Steal(); got != deque.Empty {
		t.Errorf("a zero Deque is stolen from: %v", got)
	}
	var in deque.Inbox[message, *message]
	if l := in.TakeAll(); !in.Empty() || l.Next() != nil || l.Len() != 0 {
		t.Error("a zero Inbox is not empty")
	}
	var l deque.List[message, *message]
	if l.Next() != nil || l.Len() != 0 {
		t.Error("a zero List is not empty")
	}
}
