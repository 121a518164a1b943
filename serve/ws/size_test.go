package ws

import (
	"testing"
	"unsafe"
)

// A connection that waits is its machine, in a task of some 80 bytes, and its socket of 144.
func TestSizeOfAnIdleConnection(t *testing.T) {
	const most = 464
	if n := unsafe.Sizeof(machine{}); n > most {
		t.Errorf("%d bytes, want %d at most", n, most)
	}
}
