package par_test

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

// FuzzSort sorts numbers that are made of few bytes: the length, and words that are repeated
// with some of their bits exchanged.
func FuzzSort(f *testing.F) {
	f.Add(uint16(1000), uint64(0), []byte{1, 2, 3})
	f.Add(uint16(65535), uint64(0xffff), []byte("a few words, and another one after that"))
	f.Add(uint16(40000), ^uint64(0), []byte{0xff, 0xf8, 0, 0, 0, 0, 0, 1})
	w := par.Detached()
	f.Fuzz(func(t *testing.T, n uint16, vary uint64, data []byte) {
		var words []uint64
		for chunk := range slices.Chunk(data, 8) {
			var b [8]byte
			copy(b[:], chunk)
			words = append(words, binary.BigEndian.Uint64(b[:]))
		}
		if words == nil {
			words = []uint64{0}
		}
		s := make([]uint64, n)
		x := uint64(n) + 1
		for i := range s {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			s[i] = words[i%len(words)] ^ x&vary
		}
		fuzzSort(t, w, s, func(x uint64) uint64 { return x })
		fuzzSort(t, w, s, func(x uint64) int64 { return int64(x) })
		fuzzSort(t, w, s, func(x uint64) float64 { return math.Float64frombits(x) })
		fuzzSort(t, w, s, func(x uint64) float32 { return math.Float32frombits(uint32(x)) })
		fuzzSort(t, w, s, func(x uint64) int16 { return int16(x) })
		fuzzSort(t, w, s, func(x uint64) uint8 { return uint8(x) })

		type pair struct{ key, id int }
		pairs := make([]pair, n)
		for i := range pairs {
			pairs[i] = pair{int(s[i] % 1000), i}
		}
		byKey := func(a, b pair) int { return a.key - b.key }
		want := slices.Clone(pairs)
		slices.SortStableFunc(want, byKey)
		par.SortFunc(w, pairs, func(a, b pair) int {
			if a.key != b.key {
				return a.key - b.key
			}
			return a.id - b.id
		})
		same(t, pairs, want, "SortFunc")
		slices.SortFunc(pairs, func(a, b pair) int { return a.id - b.id })
		par.SortStableFunc(w, pairs, byKey)
		same(t, pairs, want, "SortStableFunc")
	})
}

func fuzzSort[E cmp.Ordered](t *testing.T, w *par.Worker, s []uint64, conv func(uint64) E) {
	got := make([]E, len(s))
	for i, x := range s {
		got[i] = conv(x)
	}
	want := slices.Clone(got)
	slices.Sort(want)
	par.Sort(w, got)
	same(t, got, want)
}
