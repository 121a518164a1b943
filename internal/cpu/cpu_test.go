package cpu

import (
	"testing"
	"unsafe"
)

func TestPadKeepsWordsApart(t *testing.T) {
	var s struct {
		a uint64
		_ Pad
		b uint64
	}
	if d := unsafe.Offsetof(s.b) - unsafe.Offsetof(s.a); d < CacheLine {
		t.Fatalf("two padded words are %d bytes apart, want at least %d", d, CacheLine)
	}
	Pauses(3)
}
