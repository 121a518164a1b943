package onmagpie

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/deque"
)

const batchLen = 1024

// Sink keeps what was taken from being optimised away.
var Sink uint64

// DequePushPop pushes and pops in pairs, at the newest end.
func DequePushPop(r *measure.Run) {
	d := deque.NewLIFO[uint64](64)
	r.Loop(batchLen, func() {
		for i := range uint64(batchLen) {
			d.Push(i)
			Sink, _ = d.Pop()
		}
	})
}

// DequePushPopBatch pushes 1024 and pops them.
func DequePushPopBatch(r *measure.Run) {
	d := deque.NewLIFO[uint64](64)
	r.Loop(batchLen, func() {
		for i := range uint64(batchLen) {
			d.Push(i)
		}
		for {
			v, ok := d.Pop()
			if !ok {
				return
			}
			Sink = v
		}
	})
}

// DequeStealQuiet has a thief empty a full deque whose owner does nothing.
func DequeStealQuiet(r *measure.Run) {
	const fill = 1 << 20
	d := deque.NewLIFO[uint64](64)
	m := r.Meter(fill)
	for m.Next() {
		for i := range uint64(fill) {
			d.Push(i)
		}
		s := d.Stealer()
		done := make(chan uint64)
		go func() {
			runtime.LockOSThread() // and end with it: each round is a fresh thread
			m.Start()
			var last uint64
			for got := 0; got < fill; {
				if v, what := s.Steal(); what == deque.Stolen {
					last = v
					got++
				}
			}
			m.Stop()
			done <- last
		}()
		Sink = <-done
	}
	m.Report()
}

// DequeContended has the owner push two and pop one while a thief steals what it can; the
// owner does not push while 1024 wait.
func DequeContended(r *measure.Run) {
	d := deque.NewLIFO[uint64](64)
	var stop atomic.Bool
	type tally struct{ ok, failed, last uint64 }
	tallied := make(chan tally)
	s := d.Stealer()
	go func() {
		runtime.LockOSThread()
		var t tally
		for !stop.Load() {
			if v, what := s.Steal(); what == deque.Stolen {
				t.ok++
				t.last = v
			} else {
				t.failed++
			}
		}
		tallied <- t
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var pushed, popped uint64
	cpu, start := measure.CPU(), time.Now()
	for more := true; more; more = r.More(start, int(pushed+popped)) {
		for i := range uint64(batchLen) {
			if d.Len() < batchLen {
				d.Push(i)
				d.Push(i)
				pushed += 2
			}
			if v, ok := d.Pop(); ok {
				Sink = v
				popped++
			}
		}
	}
	stop.Store(true)
	t := <-tallied
	us := float64(time.Since(start)) / 1e3
	r.Emit("owner_push_pop", float64(pushed+popped)/us, "M/s")
	r.Emit("stolen", float64(t.ok)/us, "M/s")
	r.Emit("steal_failed", float64(t.failed)/us, "M/s")
	r.Emit("cpu", float64(measure.CPU()-cpu)/float64(pushed+popped+t.ok), "ns/op")
}
