package par

import (
	"math/bits"
	"slices"
	"unsafe"
)

type unsigned interface {
	~uint8 | ~uint16 | ~uint32 | ~uint64
}

// code says how keys are made of numbers: (x ^ mask if x is negative) + offset.
type code[U unsigned] struct{ mask, offset U }

func sizeOf[U unsigned]() uint { return 8 * uint(unsafe.Sizeof(U(0))) }

func signOf[U unsigned](x U) U { return -(x >> (sizeOf[U]() - 1)) }

func (c code[U]) key(x U) U { return x ^ c.mask&signOf(x) + c.offset }

func (c code[U]) number(k U) U {
	k -= c.offset
	return k ^ c.mask&signOf(k)
}

func (c code[U]) encode(s []U) {
	if c != (code[U]{}) {
		for i, x := range s {
			s[i] = c.key(x)
		}
	}
}

func (c code[U]) decode(s []U) {
	if c != (code[U]{}) {
		for i, k := range s {
			s[i] = c.number(k)
		}
	}
}

// ints is the code of the signed integers.
func ints[U unsigned]() code[U] { return code[U]{0, 1 << (sizeOf[U]() - 1)} }

// floats is the code of the floats, in the order of slices.Sort: what is negative is turned round, and the NaNs, which
// would stand at both ends, are rolled over to the beginning.
func floats[U unsigned](mantissa uint) code[U] {
	sign := U(1) << (sizeOf[U]() - 1)
	return code[U]{sign - 1, sign + (U(1)<<mantissa - 1)}
}

// split is how keys are assigned to buckets.
type split[U unsigned] struct {
	shift uint
	base  U // of keys >> shift: what bucket 0 holds
	last  U // bucket
}

func (p split[U]) bucket(k U) uint {
	return uint(min(max(k>>(p.shift%sizeOf[U]()), p.base)-p.base, p.last)) % (1 << maxBucketBits)
}

// buckets returns how many there are: of bytes that may be one more than a U holds.
func (p split[U]) buckets() int { return int(p.last) + 1 }

// splitRange returns a split of [lo, hi] into at most 1<<bits buckets.
func splitRange[U unsigned](lo, hi U, b uint) split[U] {
	var p split[U]
	if l := uint(bits.Len64(uint64(hi - lo))); l > b {
		p.shift = l - b
	}
	if uint64(hi>>p.shift-lo>>p.shift) >= 1<<b { // lo is not a multiple
		p.shift++
	}
	p.base = lo >> p.shift
	p.last = hi>>p.shift - p.base
	return p
}

// bucketBits is how many buckets there are.
func (l *level[U]) bucketBits() uint {
	b := uint(bits.Len(uint(len(l.x) / bucketLen)))
	return min(max(b, 4), bucketBits, sizeOf[U]())
}

// guess splits the range in which most keys are.
func (l *level[U]) guess() split[U] {
	var sample [1024]U
	n := min(len(sample), len(l.x)/64)
	random := uint32(len(l.x))
	for i := range sample[:n] {
		lo, hi := chunkOf(len(l.x), n, i)
		sample[i] = l.in.key(l.x[lo+pick(&random, hi-lo)])
	}
	slices.Sort(sample[:n])
	b := l.bucketBits()
	p := splitRange(sample[0], sample[n-1], b)
	// What is cut off here is up to 1/32 at either end, and one more level for that.
	lo, hi := sample[n/32], sample[n-1-n/32]
	if q := splitRange(lo, hi, b); q.shift+2 <= p.shift {
		p = splitRange(lo, hi, min(b+1, maxBucketBits, sizeOf[U]()))
	}
	if p.shift == 0 { // one more bucket at either end, if there is room: see counted
		if p.base > 0 && uint64(p.last) < 1<<maxBucketBits-1 {
			p.base--
			p.last++
		}
		if p.base+p.last < ^U(0) && uint64(p.last) < 1<<maxBucketBits-1 {
			p.last++
		}
	}
	return p
}

// measure splits the range of all keys.
func (l *level[U]) measure(w *Worker) (split[U], bool) {
	lo, hi := ^U(0), U(0)
	for at := 0; at < len(l.x); at += strideLen {
		w.w.Checkpoint()
		for _, k := range l.x[at:min(at+strideLen, len(l.x))] {
			k = l.in.key(k)
			lo, hi = min(lo, k), max(hi, k)
		}
	}
	return splitRange(lo, hi, l.bucketBits()), true
}
