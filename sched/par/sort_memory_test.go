package par

import (
	"testing"
	"unsafe"
)

// The memory that is taken for keys holds them all, whatever their size.
func TestTakeHoldsAllKeys(t *testing.T) {
	holdsAll[uint8](t)
	holdsAll[uint16](t)
	holdsAll[uint32](t)
	holdsAll[uint64](t)
}

func holdsAll[U unsigned](t *testing.T) {
	t.Helper()
	var taken []buffer // not given back: the next one has no more than it asks for
	for n := 1; n < 50; n++ {
		b, keys := take[U](n)
		taken = append(taken, b)
		var key U
		if has, want := 8*len(*b.pooled), n*int(unsafe.Sizeof(key)); has < want || len(keys) != n {
			t.Errorf("%d bytes, and %d keys, for %d of %T", has, len(keys), n, key)
		}
	}
	for _, b := range taken {
		b.free()
	}
}
