package par

import (
	"sync"
	"unsafe"
)

// buffer is memory for keys.
//
// A large one is a mapping of its own, of large pages: with those of 4 KiB each key that is
// scattered misses the TLB, and as many faults take longer than the sort. It is returned to
// the system at once, and the garbage collector never hears of it.
type buffer struct {
	pooled  *[]uint64
	mapping []byte
}

const mapLen = 1 << 17 // words from which on a mapping is worth its system calls

var memory = sync.Pool{New: func() any { return new([]uint64) }}

// take returns a buffer of n keys.
//
// Sound: neither U nor the words that the memory is made of have pointers, and U is no larger
// and no more aligned.
func take[U unsigned](n int) (b buffer, keys []U) {
	var words []uint64
	const size = unsafe.Sizeof(uint64(0))
	need := int((uintptr(n)*unsafe.Sizeof(U(0)) + size - 1) / size)
	if need >= mapLen {
		words, b.mapping = mapWords(need)
	}
	if words == nil {
		b.pooled = memory.Get().(*[]uint64)
		if len(*b.pooled) < need {
			*b.pooled = make([]uint64, need)
		}
		words = *b.pooled
	}
	return b, unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// free gives the memory back.
func (b buffer) free() {
	if b.pooled != nil {
		memory.Put(b.pooled)
	}
	if b.mapping != nil {
		unmapWords(b.mapping)
	}
}
