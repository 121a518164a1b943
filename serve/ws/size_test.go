package ws

import (
	"testing"
	"unsafe"
)

// A connection that waits is its machine, in a task of some 80 bytes, and its socket of 144. With more than this the allocator
// would take its next size.
func TestSizeOfAnIdleConnection(t *testing.T) {
	const most = 496
	if n := unsafe.Sizeof(machine{}); n > most {
		t.Errorf("%d bytes, want %d at most", n, most)
	}
}
