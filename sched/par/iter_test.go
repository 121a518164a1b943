package par_test

import (
	"encoding/binary"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

// pipeline is a source and steps, an Iter beside the same on slices.
type pipeline struct {
	it   par.Iter[uint32]
	want []uint32
}

// source is s, in one of the ways there are.
func source(kind byte, s []uint32) pipeline {
	switch kind % 4 {
	case 0:
		return pipeline{par.Slice(s), s}
	case 1:
		return pipeline{par.Seq(slices.Values(s)), s}
	case 2: // a type-changing step
		at := func(i int) uint32 { return s[i] }
		return pipeline{par.Mapped(par.Range(0, len(s)), at), s}
	default:
		return pipeline{par.Iter[uint32]{}, nil}
	}
}

func (p pipeline) then(kind byte) pipeline {
	by := uint32(kind/3)%7 + 1
	var want []uint32
	switch kind % 3 {
	case 0:
		f := func(v uint32) uint32 { return v*by + 1 }
		for _, v := range p.want {
			want = append(want, f(v))
		}
		return pipeline{par.Mapped(p.it, f), want}
	case 1:
		keep := func(v uint32) bool { return v%8 >= by }
		for _, v := range p.want {
			if keep(v) {
				want = append(want, v)
			}
		}
		return pipeline{p.it.Filter(keep), want}
	default:
		slow := func(v uint32) uint32 { uneven(int(v % 16384)); return v }
		return pipeline{par.Mapped(p.it, slow), p.want}
	}
}

func (p pipeline) check(t *testing.T, w *par.Worker) {
	t.Helper()
	if got := p.it.Collect(w); !slices.Equal(got, p.want) || got == nil != (len(p.want) == 0) {
		t.Fatalf("Collect: %d elements of %d, or others", len(got), len(p.want))
	}
	if got := p.it.Count(w); got != len(p.want) {
		t.Fatalf("Count: %d, not %d", got, len(p.want))
	}
	want := unit
	for _, v := range p.want {
		want = compose(want, affine{3, uint64(v)})
	}
	got := par.Fold(w, p.it, unit, func(acc affine, v uint32) affine {
		return compose(acc, affine{3, uint64(v)})
	}, compose)
	if got != want {
		t.Fatalf("Fold: %v, not %v", got, want)
	}
}

func TestPipelines(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		rnd := rand.New(rand.NewPCG(1, 2))
		for range 60 {
			s := make([]uint32, rnd.IntN(3000)*rnd.IntN(10))
			for i := range s {
				s[i] = rnd.Uint32()
			}
			p := source(byte(rnd.IntN(256)), s)
			for range rnd.IntN(5) {
				p = p.then(byte(rnd.IntN(256)))
			}
			p.check(t, w)
		}
	})
}

func FuzzPipeline(f *testing.F) {
	f.Add(byte(0), []byte{1, 2}, []byte("some numbers, four bytes each"))
	f.Add(byte(1), []byte{0, 5, 4}, make([]byte, 4000))
	f.Add(byte(2), []byte{2, 1, 2}, make([]byte, 400))
	f.Add(byte(3), []byte{0}, []byte(nil))
	w := par.On(newRuntime(f, 2))
	f.Fuzz(func(t *testing.T, kind byte, steps, data []byte) {
		var s []uint32
		for ; len(data) >= 4; data = data[4:] {
			s = append(s, binary.LittleEndian.Uint32(data))
		}
		p := source(kind, s)
		for _, k := range steps[:min(len(steps), 8)] {
			p = p.then(k)
		}
		p.check(t, w)
	})
}

func TestForEachElementOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		const n = 20_000
		seen := make([]uint8, n)
		par.Range(5, 5+n).ForEach(w, func(i int) { uneven(i); seen[i-5]++ })
		for i, times := range seen {
			if times != 1 {
				t.Fatalf("%d was given %d times", i, times)
			}
		}
		if n := par.Range(7, 3).Count(w); n != 0 {
			t.Fatalf("%d integers from 7 to 2", n)
		}
	})
}

// A sequence is iterated over by the goroutine that asks, and not further than a panic.
func TestSeqPanics(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		yielded, ended := 0, false
		var seq iter.Seq[int] = func(yield func(int) bool) {
			defer func() { ended = true }()
			for yield(yielded) {
				yielded++
			}
		}
		got := panicOf(func() {
			par.Seq(seq).ForEach(w, func(v int) {
				if v == 5000 {
					panic(v)
				}
			})
		})
		if got != 5000 || !ended {
			t.Fatalf("panic %v after %d elements; the sequence has ended: %v", got, yielded, ended)
		}
		source := func(yield func(int) bool) {
			for i := range 100 {
				yield(i)
			}
			panic("source")
		}
		if got := panicOf(func() { par.Seq(source).Count(w) }); got != "source" {
			t.Fatalf("panic %v, not that of the source", got)
		}
	})
}
