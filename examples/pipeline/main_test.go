package main

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	if want := "open with 12 items\nsold 15 items in 5 orders\ncounted 6\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// ways are both forms of each function.
var ways = map[string]struct {
	sell  func(orders *coord.Receiver[order], closing *future.Fused[future.Unit]) future.Future[totals]
	count func(s future.Stream[int]) future.Future[int]
}{
	"compiled": {
		func(orders *coord.Receiver[order], closing *future.Fused[future.Unit]) future.Future[totals] {
			return future.Box(sellAsync(orders, closing))
		},
		func(s future.Stream[int]) future.Future[int] { return future.Box(countAsync(s)) },
	},
	"coroutine": {
		func(orders *coord.Receiver[order], closing *future.Fused[future.Unit]) future.Future[totals] {
			return future.Async(func(co *future.Co) (totals, error) { return sell(co, orders, closing) })
		},
		func(s future.Stream[int]) future.Future[int] {
			return future.Async(func(co *future.Co) (int, error) { return count(co, s) })
		},
	},
}

// A shop that closes with orders under way tells so, and leaves nothing behind.
func TestTheShopCloses(t *testing.T) {
	for name, way := range ways {
		sender, orders := coord.MPSC[order](16)
		if err := sender.TrySend(order{1}); err != nil {
			t.Fatal(err)
		}
		sold, err := future.BlockOn(way.sell(orders, future.Fuse(future.Value(future.Unit{}))))
		if !sold.late || err != nil {
			t.Errorf("%s: %+v, %v", name, sold, err)
		}
		if err := sender.TrySend(order{1}); !errors.Is(err, coord.ErrClosed) {
			t.Errorf("%s: the receiver was not dropped: %v", name, err)
		}
	}
}

func TestOneSupplierFails(t *testing.T) {
	failure := errors.New("no lorry")
	if _, err := future.BlockOn(future.Box(openAsync(future.Value(1), future.Fail[int](failure), future.Box(future.Never[int]())))); !errors.Is(err, failure) || !errors.Is(err, errClosed) {
		t.Errorf("%v", err)
	}
}

// An item, a select of three and a join of three cost no allocation.
func TestCountAllocatesNothing(t *testing.T) {
	for name, way := range ways {
		cx := waker.FromWaker(waker.Noop())
		f := way.count(stream.Repeat(1))
		for range 10 {
			if f.Poll(&cx).IsReady() {
				t.Fatalf("%s: ready", name)
			}
		}
		if n := testing.AllocsPerRun(100, func() { f.Poll(&cx) }); n != 0 {
			t.Errorf("%s: %v allocations an item", name, n)
		}
		future.Drop(f)
	}
}
