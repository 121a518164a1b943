package par_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

// sortLens are around the lengths at which the ways of sorting change.
var sortLens = []int{0, 1, 2, 3, 16, 17, 33, 511, 512, 513, 700, 1023, 1025, 2047, 2049, 5000, 4097, 1<<15 + 1, 150_000}

// patterns are sequences of n numbers below n, or about that.
var patterns = []struct {
	name string
	at   func(r *rand.Rand, i, n int) int
}{
	{"random", func(r *rand.Rand, _, n int) int { return r.IntN(n) }},
	{"wide", func(r *rand.Rand, _, _ int) int { return r.Int() - r.Int() }},
	{"sorted", func(_ *rand.Rand, i, _ int) int { return i }},
	{"reversed", func(_ *rand.Rand, i, n int) int { return n - i }},
	{"equal", func(_ *rand.Rand, _, _ int) int { return 7 }},
	{"few", func(r *rand.Rand, _, _ int) int { return r.IntN(5) * 0x1234567 }},
	{"organ pipe", func(_ *rand.Rand, i, n int) int { return min(i, n-i) }},
	{"saw", func(_ *rand.Rand, i, _ int) int { return i % 97 }},
	{"almost sorted", func(r *rand.Rand, i, n int) int {
		if r.IntN(100) == 0 {
			return r.IntN(n)
		}
		return i
	}},
	{"sorted but the last", func(_ *rand.Rand, i, n int) int { return (i + 1) % n }},
	{"one far out", func(r *rand.Rand, i, _ int) int {
		if i == 11 {
			return math.MaxInt
		}
		return r.IntN(3000)
	}},
	{"clusters", func(r *rand.Rand, _, _ int) int { return r.IntN(4)<<(strconv.IntSize-4) + r.IntN(50) }},
	{"powers", func(r *rand.Rand, _, _ int) int { return r.Int() >> r.IntN(strconv.IntSize-1) }},
	{"multiples", func(r *rand.Rand, _, _ int) int { return r.IntN(1<<14) << 16 }},
	// Each level of buckets puts all but a few keys into one bucket.
	{"nested", func(r *rand.Rand, i, _ int) int { return (1<<(strconv.IntSize-2))>>(i%40)*(i&1) + r.IntN(2) }},
	// As many values as there are buckets, at most, and a few far out.
	{"full table", func(r *rand.Rand, _, _ int) int {
		switch r.IntN(40) {
		case 0:
			return r.Int() - r.Int()
		case 1, 2, 3, 4:
			return 5000
		case 5, 6, 7, 8:
			return 5000 + 2047
		}
		return 5000 + r.IntN(2048)
	}},
	{"merge killer", func(_ *rand.Rand, i, n int) int { return i ^ (i >> 1) ^ n }},
	{"median killer", func(_ *rand.Rand, i, n int) int {
		if k := n / 2; i < k {
			return i + i%2*k
		}
		return (i - n/2) * 2
	}},
}

func made[E any](pattern int, n int, conv func(int) E) []E {
	r := rand.New(rand.NewPCG(uint64(pattern), uint64(n)))
	s := make([]E, n)
	for i := range s {
		s[i] = conv(patterns[pattern].at(r, i, n))
	}
	return s
}

// withWorkers runs f with the workers that sorting is tested on: on two with each pattern, on the
// others with one of so many.
func withWorkers(t *testing.T, f func(t *testing.T, w *par.Worker, every int)) {
	few := 1
	if testing.Short() {
		few = 3
	}
	t.Run("detached", func(t *testing.T) { f(t, par.Detached(), 8*few) })
	for _, n := range []int{1, 2, 8} {
		every := 5 * few
		if n == 2 {
			every = few
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) { f(t, par.On(newRuntime(t, n)), every) })
	}
}

func same[E comparable](t *testing.T, got, want []E, what ...any) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatal(fmt.Sprint(what...), ": ", len(got), " elements, want ", len(want))
	}
	for i := range want {
		if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) {
			t.Fatal(fmt.Sprint(what...), ": at ", i, " of ", len(want), " is ", got[i], ", want ", want[i])
		}
	}
}

func checkSort[E cmp.Ordered](t *testing.T, w *par.Worker, every int, conv func(int) E) {
	t.Helper()
	for p := 0; p < len(patterns); p += every {
		for _, n := range sortLens {
			if n > sortMaxLen || n > 1<<16 && p%3 != 0 {
				continue
			}
			got := made(p, n, conv)
			want := slices.Clone(got)
			slices.Sort(want)
			par.Sort(w, got)
			same(t, got, want, fmt.Sprintf("%T %s", got, patterns[p].name))
		}
	}
}

type (
	celsius float64
	name    string
	level   int8
)

func TestSortNumbers(t *testing.T) {
	withWorkers(t, func(t *testing.T, w *par.Worker, every int) {
		checkSort(t, w, every, func(i int) uint64 { return uint64(i) })
		checkSort(t, w, every, func(i int) int { return i })
		checkSort(t, w, every, func(i int) int32 { return int32(i) })
		checkSort(t, w, every, func(i int) uint16 { return uint16(i) })
		checkSort(t, w, every, func(i int) level { return level(i) })
		checkSort(t, w, every, func(i int) celsius { return celsius(i) / 3 })
		checkSort(t, w, every, func(i int) float32 { return math.Float32frombits(uint32(i)) })
	})
}

// The types that share their code with one above, on two workers.
func TestSortOtherNumbers(t *testing.T) {
	w := par.On(newRuntime(t, 2))
	const every = 3
	checkSort(t, w, every, func(i int) int64 { return int64(i) })
	checkSort(t, w, every, func(i int) uint { return uint(i) })
	checkSort(t, w, every, func(i int) uintptr { return uintptr(i) })
	checkSort(t, w, every, func(i int) uint32 { return uint32(i) })
	checkSort(t, w, every, func(i int) int16 { return int16(i) })
	checkSort(t, w, every, func(i int) int8 { return int8(i) })
	checkSort(t, w, every, func(i int) uint8 { return uint8(i) })
	checkSort(t, w, every, func(i int) float64 { return math.Float64frombits(uint64(i) * 0x9e3779b97f4a7c15) })
}

// There are as many buckets as a byte has values, or more than there are values.
func TestSortManyBytes(t *testing.T) {
	if sortMaxLen < 1<<16 {
		t.Skip("too slow")
	}
	w := par.On(newRuntime(t, 2))
	r := rand.New(rand.NewPCG(1, 1))
	for _, values := range []int{2, 3, 128, 256} {
		got := make([]int8, 1<<19)
		for i := range got {
			got[i] = int8(r.IntN(values) - values/2)
		}
		want := slices.Clone(got)
		slices.Sort(want)
		par.Sort(w, got)
		same(t, got, want, strconv.Itoa(values))
	}
}

// As many buckets as there may be.
func TestSortLarge(t *testing.T) {
	if sortMaxLen < 1<<16 {
		t.Skip("too slow")
	}
	w := par.On(newRuntime(t, 2))
	for p, pattern := range patterns {
		switch pattern.name {
		case "wide", "powers", "full table":
			got := made(p, 1<<21+1, func(i int) int { return i })
			want := slices.Clone(got)
			slices.Sort(want)
			par.Sort(w, got)
			same(t, got, want, pattern.name)
		}
	}
}

func TestSortStrings(t *testing.T) {
	withWorkers(t, func(t *testing.T, w *par.Worker, _ int) {
		for _, p := range []int{0, 4, 5} {
			for _, n := range []int{2, 600, 3000, 80_000} {
				got := made(p, n, func(i int) name { return name(strconv.Itoa(i)) })
				want := slices.Clone(got)
				slices.Sort(want)
				par.Sort(w, got)
				same(t, got, want, patterns[p].name)
			}
		}
	})
}

func TestSortFloatsOddOnes(t *testing.T) {
	odd := []float64{math.NaN(), math.Float64frombits(0xfff8000000000001), math.Float64frombits(0x7ff0000000000001),
		math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.MaxFloat64, -math.MaxFloat64,
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 1, -1}
	w := par.On(newRuntime(t, 2))
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{13, 600, 100_000} {
		got, got32 := make([]float64, n), make([]float32, n)
		for i := range got {
			got[i] = odd[r.IntN(len(odd))]
			if r.IntN(2) == 0 {
				got[i] = r.NormFloat64()
			}
			got32[i] = float32(got[i])
		}
		want, want32 := slices.Clone(got), slices.Clone(got32)
		slices.Sort(want)
		slices.Sort(want32)
		bits := countOf(got, math.Float64bits)
		par.Sort(w, got)
		par.Sort(w, got32)
		same(t, got, want)
		same(t, got32, want32)
		for k, c := range countOf(got, math.Float64bits) {
			if bits[k] != c {
				t.Fatalf("%d of %x, there were %d", c, k, bits[k])
			}
		}
	}
}

func countOf[E any, K comparable](s []E, key func(E) K) map[K]int {
	m := make(map[K]int)
	for _, e := range s {
		m[key(e)]++
	}
	return m
}

// record tells elements apart that are equal.
type record struct {
	key, id int
	text    *string // something for the garbage collector
}

func records(pattern, n int) []record {
	id := 0
	return made(pattern, n, func(i int) record {
		id++
		return record{i, id, new(string)}
	})
}

func byKey(a, b record) int { return cmp.Compare(a.key, b.key) }

// permuted fails unless got has the elements of was, whose ids count from 1.
func permuted(t *testing.T, got, was []record) {
	t.Helper()
	seen := make([]bool, len(was))
	for _, e := range got {
		if was[e.id-1] != e || seen[e.id-1] {
			t.Fatal("lost or doubled: ", e)
		}
		seen[e.id-1] = true
	}
}

func TestSortFunc(t *testing.T) {
	withWorkers(t, func(t *testing.T, w *par.Worker, every int) {
		for p := 0; p < len(patterns); p += every {
			for _, n := range sortLens {
				if n > sortMaxLen || n > 1<<16 && p%5 != 0 {
					continue
				}
				was := records(p, n)
				got := slices.Clone(was)
				par.SortFunc(w, got, byKey)
				if !slices.IsSortedFunc(got, byKey) {
					t.Fatal("not sorted: ", patterns[p].name, n)
				}
				permuted(t, got, was)

				want := slices.Clone(was)
				slices.SortStableFunc(want, byKey)
				got = slices.Clone(was)
				par.SortStableFunc(w, got, byKey)
				same(t, got, want, patterns[p].name)
			}
		}
	})
}

// Sorts in sorts, and many at a time.
func TestSortNested(t *testing.T) {
	rt := newRuntime(t, 2)
	w := par.On(rt)
	s := [][]int{made(0, 50_000, func(i int) int { return i }), made(1, 40_000, func(i int) int { return i })}
	sort := func(w *par.Worker, s []int) struct{} {
		par.Sort(w, s)
		return struct{}{}
	}
	par.Call(w, sort, s[0], sort, s[1])
	outer := records(0, 2000)
	par.SortFunc(w, outer, func(a, b record) int {
		inner := []int{b.key, a.key}
		par.Sort(par.On(rt), inner)
		if a.key == b.key {
			return 0
		} else if inner[0] == a.key {
			return -1
		}
		return 1
	})
	if !slices.IsSorted(s[0]) || !slices.IsSorted(s[1]) || !slices.IsSortedFunc(outer, byKey) {
		t.Fatal("not sorted")
	}
}
