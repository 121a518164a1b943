//go:build explore

package word_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/word"
)

// Every operation of every type hands over once, and the explorer knows whether it
// wrote.
func TestEveryOperationIsAStep(t *testing.T) {
	type state struct {
		i64 word.Int64
		u64 word.Uint64
		i32 word.Int32
		u32 word.Uint32
		ptr word.Uintptr
		b   word.Bool
		p   word.Pointer[int]
	}
	r := explore.Explore(explore.Config{}, func(x *explore.Run) {
		var s state
		one := new(int)
		x.Label("s", &s)
		x.Label("one", one)
		x.Go("main", func() {
			s.i32.Sub(1)
			s.i32.CompareAndSwap(-1, -2)
			s.i64.Store(-5)
			s.i64.CompareAndSwap(-5, 6)
			s.u32.Inc()
			s.u32.CompareAndSwap(2, 3)
			s.u64.Swap(1 << 40)
			s.u64.Load()
			s.ptr.Add(2)
			s.b.Swap(true)
			s.b.CompareAndSwap(false, true)
			s.p.CompareAndSwap(nil, one)
			s.p.Load()
			x.Fail("to see the table")
		})
	})
	if r.Failure == nil {
		t.Fatal("no failure")
	}
	var got []string
	for _, line := range strings.Split(r.Failure.Table, "\n")[1:] {
		f := strings.Fields(line)
		if len(f) > 0 {
			got = append(got, strings.Join(f[2:len(f)-1], " "))
		}
	}
	want := []string{
		"add s.i32 0 → -1", "cas s.i32 -1 → -2", "store s.i64 0 → -5", "cas s.i64 -5 → 6",
		"add s.u32 0 → 1", "cas fails s.u32 1", "swap s.u64 0 → 0x10000000000", "load s.u64 0x10000000000",
		"add s.ptr 0 → 2", "swap s.b false → true", "cas fails s.b true", "cas s.p nil → &one", "load s.p &one",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the steps were\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Goroutines that are no threads of the model use words at the same time.
func TestOtherGoroutinesAreNotExplored(t *testing.T) {
	if !gid.Known {
		t.Skip("without the identity of goroutines every goroutine passes for the running thread")
	}
	var stop, others word.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for stop.Load() == 0 {
			others.Inc()
			word.Spin()
		}
	})
	for others.Load() == 0 {
		word.Spin()
	}
	r := explore.Explore(explore.Config{}, func(x *explore.Run) {
		var n word.Int32
		for range 3 {
			x.Go("", func() { n.Inc(); n.Dec() })
		}
	})
	stop.Store(1)
	wg.Wait()
	if r.Failure != nil || r.Schedules != 90 {
		t.Errorf("%+v, want 90 schedules", r)
	}
}
