package par

import (
	"slices"
	"sync"
)

// Sorting numbers.
//
// One pass over memory splits the keys by their leading bits into some 1024 buckets, each of
// which then fits the second cache and is sorted there: by two passes of 8 bits each, of the
// highest that are left, and by insertion where keys agree in those too. Numbers that are
// spread evenly so go through memory three times, and cost 10 ns each on one worker, where
// slices.Sort takes 80 for ten million.
//
//	sample   a few hundred keys tell where the mass is: the buckets divide that range
//	         evenly, and the first and the last one take what lies outside of it too
//	count    each chunk of the slice counts its keys by bucket
//	scatter  each chunk moves its keys into the buffer, to places that are its own
//	finish   ranges of buckets are sorted, back into the slice; one that is too large for
//	         the cache is split again
//
// Without the sample a single key far out, or floats, whose leading bits are their exponents,
// would put most keys into one bucket. It may mislead, though, and again in each bucket: after
// maxGuesses levels the exact range is taken instead, which has fewer bits at each level: there
// are never more than ten.
//
// A key is the number's bits, made to order as unsigned. Keys are in the buffer and in what is
// still to be sorted; they are made in the first pass and turned back in the last one.
//
// Invariant: what ends here, by a panic or not, leaves its elements where they are to be when
// sorted. Cancelling can so be seen at any fork; keys whose bucket nobody has begun are moved
// by the level that holds them.
//
// Sources: P. McIlroy, K. Bostic and M. D. McIlroy, "Engineering radix sort", 1993; I. Ross,
// Spreadsort, 2002, for bits per bucket count; M. Axtmann et al., "Engineering in-place
// (shared-memory) sorting algorithms", TOPC 2022, for what sampling and the cache gain.
//
// Rejected: LSD passes over the whole slice (eight times through memory); American flag in
// place (each move waits for the one before it); the range of all keys instead of a sample
// (one more time through memory, and what is said above).
const (
	bucketBits    = 10      // 1024 write positions: 2048 defeat the first cache, and cost a third
	maxBucketBits = 11      // where buckets would be of uneven size
	bucketLen     = 4096    // the length of buckets aimed at
	cacheLen      = 1 << 15 // keys that are sorted in the cache
	chunkLen      = 1 << 15 // the least a chunk is worth its counters
	maxChunks     = 64
	strideLen     = 1 << 13 // keys between two checkpoints: about 10 µs
	maxGuesses    = 3
	unknown       = 255 // bits
)

// radix is one call of Sort.
type radix[U unsigned] struct {
	code code[U]
	buf  buffer
}

// sortNumbers sorts s, whose keys c makes.
func sortNumbers[U unsigned](w *Worker, s []U, c code[U]) {
	r := &radix[U]{code: c}
	if len(s) > cacheLen {
		defer func() { r.buf.free() }()
		r.split(w, s, nil, false, 0)
		return
	}
	c.encode(s)
	r.sort(w, s, nil, false, 0, unknown)
}

// sort sorts the keys in x, of whose bits those from b on agree. It uses y and ends in y
// or in x, decoded.
func (r *radix[U]) sort(w *Worker, x, y []U, toY bool, depth int, b uint) {
	if len(x) > cacheLen && b > 0 {
		r.split(w, x, y, toY, depth)
		return
	}
	if !toY {
		y = x
	}
	m, t := take[U](len(x))
	sortInCache(x, y, t, b)
	m.free()
	r.code.decode(y)
}

// counts is the memory of a level.
type counts struct {
	starts [1<<maxBucketBits + 1]int
	begun  [1 << maxBucketBits]bool
	chunks [][1 << maxBucketBits]uint32 // keys in a bucket, then where the next one goes
}

var countsPool = sync.Pool{New: func() any { return new(counts) }}

// level is one split of a slice into buckets.
type level[U unsigned] struct {
	*radix[U]
	*counts
	x, y  []U
	toY   bool
	depth int
	in    code[U] // of what is in x
	by    split[U]
	exact bool // no key is outside of the range that was split
	state levelState
}

type levelState int

const (
	counted levelState = iota // and scattering: all is in x
	scattered
	filling
	ended
)

func (r *radix[U]) split(w *Worker, x, y []U, toY bool, depth int) {
	l := &level[U]{radix: r, counts: countsPool.Get().(*counts), x: x, y: y, toY: toY, depth: depth}
	if depth == 0 {
		l.in = r.code
	}
	defer l.end()
	chunks := min(max(len(x)/chunkLen, 1), maxChunks)
	if cap(l.chunks) < chunks {
		l.chunks = make([][1 << maxBucketBits]uint32, chunks)
	}
	l.chunks = l.chunks[:chunks]
	if depth < maxGuesses {
		l.by = l.guess()
	} else {
		l.by, l.exact = l.measure(w)
	}
	l.countAll(w)
	if !l.exact && l.single() {
		l.by, l.exact = l.measure(w)
		l.countAll(w)
	}
	if l.counted() {
		l.state = filling
		clear(l.begun[:chunks])
		forEach(w, chunks, l.fill)
		l.state = ended
		return
	}
	if l.y == nil {
		r.buf, l.y = take[U](len(x))
	}
	forEach(w, chunks, l.scatter)
	clear(l.begun[:l.by.buckets()])
	l.state = scattered
	forEach(w, l.by.buckets(), l.finish)
	l.state = ended
}

// chunk returns the ends of a chunk.
func (l *level[U]) chunk(i int) (lo, hi int) {
	return chunkOf(len(l.x), len(l.chunks), i)
}

// countAll counts the keys of each bucket, and sets starts and where chunks write.
func (l *level[U]) countAll(w *Worker) {
	forEach(w, len(l.chunks), l.count)
	n := l.by.buckets()
	sums := l.starts[1 : n+1]
	clear(sums)
	for i := range l.chunks {
		for b, c := range l.chunks[i][:n] {
			sums[b] += int(c)
		}
	}
	next := 0
	for b, c := range sums {
		l.starts[b] = next
		next += c
	}
	var to [1 << maxBucketBits]uint32
	for b := range n {
		to[b] = uint32(l.starts[b])
	}
	for i := range l.chunks {
		for b, c := range l.chunks[i][:n] {
			l.chunks[i][b] = to[b]
			to[b] += c
		}
	}
	l.starts[n] = len(l.x)
}

func (l *level[U]) count(w *Worker, i int) {
	lo, hi := l.chunk(i)
	c := &l.chunks[i]
	clear(c[:l.by.buckets()])
	for ; lo < hi; lo += strideLen {
		w.w.Checkpoint()
		countKeys(l.x[lo:min(lo+strideLen, hi)], c, l.in, l.by)
	}
}

func countKeys[U unsigned](x []U, c *[1 << maxBucketBits]uint32, in code[U], by split[U]) {
	if in.mask == 0 { // saves a fifth
		for _, k := range x {
			c[by.bucket(k+in.offset)]++
		}
		return
	}
	for _, k := range x {
		c[by.bucket(in.key(k))]++
	}
}

func (l *level[U]) scatter(w *Worker, i int) {
	lo, hi := l.chunk(i)
	for ; lo < hi; lo += strideLen {
		w.w.Checkpoint()
		scatterKeys(l.x[lo:min(lo+strideLen, hi)], l.y, &l.chunks[i], l.in, l.by)
	}
}

func scatterKeys[U unsigned](x, y []U, c *[1 << maxBucketBits]uint32, in code[U], by split[U]) {
	if in.mask == 0 {
		for _, k := range x {
			k += in.offset
			at := &c[by.bucket(k)]
			y[*at] = k
			*at++
		}
		return
	}
	for _, k := range x {
		k = in.key(k)
		at := &c[by.bucket(k)]
		y[*at] = k
		*at++
	}
}

// single reports whether all keys are in one bucket.
func (l *level[U]) single() bool {
	n := len(l.x)
	for b := range l.by.buckets() {
		if c := l.starts[b+1] - l.starts[b]; c != 0 {
			return c == n
		}
	}
	return false
}

// counted reports whether the keys in each bucket are equal.
func (l *level[U]) counted() bool {
	if l.by.shift > 0 {
		return false
	}
	n := l.by.buckets()
	return l.exact || (l.by.base == 0 || l.starts[1] == 0) &&
		(l.by.base+l.by.last == ^U(0) || l.starts[n-1] == len(l.x))
}

// dest returns where the keys are to end.
func (l *level[U]) dest() []U {
	if l.toY {
		return l.y
	}
	return l.x
}

// fill writes a chunk of the keys that were counted.
func (l *level[U]) fill(_ *Worker, i int) {
	l.begun[i] = true
	lo, hi := l.chunk(i)
	d := l.dest()
	n := l.by.buckets()
	b, _ := slices.BinarySearch(l.starts[:n], lo+1) // the first that starts after lo
	for ; lo < hi; b++ {
		end := min(l.starts[b], hi)
		x := l.code.number(l.by.base + U(b-1))
		for j := lo; j < end; j++ {
			d[j] = x
		}
		lo = end
	}
}

// finish sorts a bucket.
func (l *level[U]) finish(w *Worker, b int) {
	l.begun[b] = true
	lo, hi := l.starts[b], l.starts[b+1]
	if lo == hi {
		return
	}
	known := l.by.shift
	if !l.exact && (b == 0 || b == int(l.by.last)) {
		known = unknown
	}
	l.sort(w, l.y[lo:hi], l.x[lo:hi], !l.toY, l.depth+1, known)
}

// end leaves the elements where they are to be, also when the level is not finished.
func (l *level[U]) end() {
	switch l.state {
	case counted:
		if l.depth > 0 {
			d := l.dest()
			copy(d, l.x)
			l.code.decode(d)
		}
	case filling:
		for i := range l.chunks {
			if !l.begun[i] {
				l.fill(nil, i)
			}
		}
	case scattered:
		d := l.dest()
		for b := range l.by.buckets() {
			if !l.begun[b] {
				lo, hi := l.starts[b], l.starts[b+1]
				copy(d[lo:hi], l.y[lo:hi])
				l.code.decode(d[lo:hi])
			}
		}
	}
	countsPool.Put(l.counts)
}
