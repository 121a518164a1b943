package par

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const hugePage = 1 << 21

// mapWords returns memory for n words, in large pages if the kernel has them, and the mapping
// that unmapWords ends; nil if there is none.
func mapWords(n int) (words []uint64, mapping []byte) {
	if n > 1<<(unsafe.Sizeof(n)*8-5) {
		return nil, nil
	}
	size := n * 8
	mapping, err := unix.Mmap(-1, 0, size+hugePage, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil
	}
	_ = unix.Madvise(mapping, unix.MADV_HUGEPAGE) // it is a wish
	// Sound: the mapping is larger by a large page than what is used of it, from the first
	// beginning of one.
	p := unsafe.Pointer(unsafe.SliceData(mapping))
	return unsafe.Slice((*uint64)(unsafe.Add(p, -uintptr(p)&(hugePage-1))), n), mapping
}

func unmapWords(mapping []byte) { _ = unix.Munmap(mapping) }
