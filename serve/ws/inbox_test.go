package ws

import (
	"io"
	"testing"

	wire "github.com/magpie-go/magpie/wire/ws"
)

// An inbox refuses to be filled further at its limit, and says so to who takes, once it is half empty.
func TestInbox(t *testing.T) {
	b := new(inbox)
	n := 0
	for ; b.hasRoom(); n++ {
		b.put(Message{wire.Binary, make([]byte, 1000)})
	}
	if most := maxInbox/1000 + 1; n > most || n < most/2 {
		t.Errorf("%d messages of 1000 bytes", n)
	}
	if !b.isFull() {
		t.Error("it is not full")
	}
	b.end(io.EOF)
	b.end(io.ErrClosedPipe)
	woken := 0
	for i := range n {
		_, got, wake, err := b.take()
		if !got || err != nil || wake && i < n/2-1 {
			t.Errorf("message %d: %v, %v, %v", i, got, wake, err)
		}
		if wake {
			woken++
		}
	}
	if woken != 1 || b.isFull() || b.bytes != 0 {
		t.Errorf("woken %d times, %d bytes", woken, b.bytes)
	}
	for i := range 2 {
		if _, got, wake, err := b.take(); got || wake != (i == 0) || err != io.EOF || !b.isTold() {
			t.Errorf("at the end: %v, %v, %v", got, wake, err)
		}
	}
}
