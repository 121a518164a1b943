package par

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// adviseHuge asks for large pages behind s.
func adviseHuge(s []uint64) {
	const huge = 1 << 21
	p := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
	off := (huge - p%huge) % huge
	n := uintptr(len(s)) * 8
	if off+huge > n {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), n)
	unix.Madvise(b[off:off+(n-off)/huge*huge], unix.MADV_HUGEPAGE)
}
