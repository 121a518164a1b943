package deque_test

import (
	"testing"

	"github.com/magpie-go/magpie/deque"
)

func BenchmarkPushPop(b *testing.B) {
	for _, c := range []struct {
		name string
		d    *deque.Deque[*int]
	}{{"lifo", deque.NewLIFO[*int](256)}, {"fifo", deque.NewFIFO[*int](256)}} {
		b.Run(c.name, func(b *testing.B) {
			v := new(int)
			for b.Loop() {
				c.d.Push(v)
				c.d.Pop()
			}
		})
		b.Run(c.name+"_batch1024", func(b *testing.B) {
			v := new(int)
			for i := 0; i < b.N; i += 1024 {
				for range 1024 {
					c.d.Push(v)
				}
				for range 1024 {
					c.d.Pop()
				}
			}
		})
	}
}

func BenchmarkStealQuiet(b *testing.B) {
	d := deque.NewLIFO[*int](1 << 20)
	s := d.Stealer()
	v := new(int)
	for n := 0; n < b.N; n += 1 << 20 {
		b.StopTimer()
		d.Pop()
		for range 1 << 20 {
			d.Push(v)
		}
		b.StartTimer()
		for range min(1<<20, b.N-n) {
			s.Steal()
		}
	}
}
