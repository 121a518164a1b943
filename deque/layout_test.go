package deque

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/cpu"
)

// Words that different threads write are on lines of their own.
func TestLayout(t *testing.T) {
	var d Deque[int]
	at := []uintptr{
		unsafe.Offsetof(d.q) + unsafe.Offsetof(d.q.bottom),
		unsafe.Offsetof(d.q) + unsafe.Offsetof(d.q.top),
		unsafe.Offsetof(d.q) + unsafe.Offsetof(d.q.ring),
		unsafe.Offsetof(d.ring),
		unsafe.Sizeof(d),
	}
	for i := 1; i < len(at)-1; i++ {
		if at[i]-at[i-1] < cpu.CacheLine {
			t.Errorf("part %d begins %d bytes after the one before", i, at[i]-at[i-1])
		}
	}
	if last := at[4] - at[3]; last < cpu.CacheLine/2 {
		t.Errorf("the last part has %d bytes and shares a line with what comes after", last)
	}
	for _, word := range []uintptr{at[0], at[1], unsafe.Offsetof(d.q) + unsafe.Offsetof(d.q.done)} {
		if word%8 != 0 {
			t.Errorf("a 64-bit word at offset %d", word)
		}
	}
}
