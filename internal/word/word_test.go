package word_test

import (
	"testing"
	"unsafe"

	"go.uber.org/atomic"

	"github.com/magpie-go/magpie/internal/word"
)

type number[T any] interface {
	Load() T
	Store(T)
	Swap(T) T
	CompareAndSwap(old, new T) bool
	Add(T) T
	Sub(T) T
	Inc() T
	Dec() T
}

func testNumber[T int32 | int64 | uint32 | uint64 | uintptr](t *testing.T, x number[T]) {
	t.Helper()
	minusOne := T(0)
	minusOne--
	for i, got := range []T{
		0: x.Load(), 1: x.Inc(), 2: x.Add(4), 3: x.Sub(2), 4: x.Dec(), 5: x.Swap(0),
		6: x.Dec(), 7: x.Load(),
	} {
		if want := []T{0, 1, 5, 3, 2, 2, minusOne, minusOne}[i]; got != want {
			t.Errorf("%T: operation %d gave %d, want %d", x, i, got, want)
		}
	}
	if x.CompareAndSwap(0, 7) || !x.CompareAndSwap(minusOne, 7) || x.Load() != 7 {
		t.Errorf("%T: CompareAndSwap left %d, want 7", x, x.Load())
	}
	if x.Store(9); x.Load() != 9 {
		t.Errorf("%T: Store left %d, want 9", x, x.Load())
	}
}

func TestNumbers(t *testing.T) {
	testNumber(t, new(word.Int32))
	testNumber(t, new(word.Int64))
	testNumber(t, new(word.Uint32))
	testNumber(t, new(word.Uint64))
	testNumber(t, new(word.Uintptr))
}

func TestBool(t *testing.T) {
	var b word.Bool
	if b.Load() || b.Swap(true) || !b.Load() || b.CompareAndSwap(false, true) || !b.CompareAndSwap(true, false) {
		t.Error("a Bool forgot what was stored")
	}
	if b.Store(true); !b.Load() {
		t.Error("a Bool forgot what was stored")
	}
}

func TestPointer(t *testing.T) {
	var p word.Pointer[int]
	a, b := new(int), new(int)
	if p.Load() != nil || p.Swap(a) != nil || p.CompareAndSwap(b, a) || !p.CompareAndSwap(a, b) || p.Load() != b {
		t.Error("a Pointer forgot what was stored")
	}
	if p.Store(nil); p.Load() != nil {
		t.Error("a Pointer forgot what was stored")
	}
}

// Structs are padded by the sizes of words, so both builds must agree on them.
func TestSizes(t *testing.T) {
	for i, s := range [][2]uintptr{
		{unsafe.Sizeof(word.Bool{}), unsafe.Sizeof(atomic.Bool{})},
		{unsafe.Sizeof(word.Int32{}), unsafe.Sizeof(atomic.Int32{})},
		{unsafe.Sizeof(word.Int64{}), unsafe.Sizeof(atomic.Int64{})},
		{unsafe.Sizeof(word.Uint32{}), unsafe.Sizeof(atomic.Uint32{})},
		{unsafe.Sizeof(word.Uint64{}), unsafe.Sizeof(atomic.Uint64{})},
		{unsafe.Sizeof(word.Uintptr{}), unsafe.Sizeof(atomic.Uintptr{})},
		{unsafe.Sizeof(word.Pointer[int]{}), unsafe.Sizeof(atomic.Pointer[int]{})},
	} {
		if s[0] != s[1] {
			t.Errorf("type %d takes %d bytes, want %d", i, s[0], s[1])
		}
	}
}
