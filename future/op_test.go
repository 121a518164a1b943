package future_test

import (
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// later is an operation that is ready at its second poll, with n.
type later struct {
	n      int
	polled bool
	drops  *int
}

func (l *later) Poll(cx *waker.Context) future.Poll[int] {
	if !l.polled {
		l.polled = true
		cx.PollAgain()
		return future.Pending[int]()
	}
	return future.Ready(l.n)
}

func (l *later) Drop() {
	if l.drops != nil {
		*l.drops++
	}
}

func (l later) Await(co *future.Co) (int, error) { return future.AwaitOp(co, l) }

func TestOperationsByValueDoNotAllocate(t *testing.T) {
	n, err := future.BlockOn(future.Async(func(co *future.Co) (float64, error) {
		return testing.AllocsPerRun(100, func() {
			later{n: 1}.Await(co)
			future.Join(later{n: 1}, later{n: 2}).Await(co)
			future.Select2(later{n: 1}, future.Yield()).Await(co)
			co.Yield()
		}), nil
	}))
	if n != 0 || err != nil {
		t.Errorf("%v allocations, %v", n, err)
	}
}

// What is awaited in a deferred function does not stand where the operation stands whose end
// it runs at.
func TestOperationsInDeferredFunctions(t *testing.T) {
	drops := 0
	var inside []error
	f := future.Async(func(co *future.Co) (int, error) {
		defer func() {
			_, err := later{n: 2, drops: &drops}.Await(co)
			inside = append(inside, err)
		}()
		return later{n: 1, drops: &drops}.Await(co)
	})
	e := newExecutor()
	mustPend(t, e, f)
	future.Drop(f)
	if drops != 2 || len(inside) != 1 || inside[0] != future.ErrDropped {
		t.Errorf("%d drops, and the deferred function was told %v", drops, inside)
	}
}

// An operation may be given by its address, too, and as a future that was boxed.
func TestOperationsByAddress(t *testing.T) {
	drops := 0
	a, b := later{n: 1, drops: &drops}, later{n: 2, drops: &drops}
	pair, err := future.BlockOn(future.Box(future.Join(&a, future.Of(future.Box(b)))))
	if pair.First != 1 || pair.Second != 2 || err != nil || !a.polled || b.polled {
		t.Errorf("joined to %v, %v", pair, err)
	}
	join := future.Box(future.Join(&a, b))
	future.Drop(join)
	future.Drop(join)
	first := future.Box(future.Select2(&a, b))
	future.Drop(first)
	future.Drop(first)
	if drops != 4 {
		t.Errorf("%d drops, want 4", drops)
	}
}

// hollow has an Await and is no future.
type hollow struct{}

func (hollow) Await(co *future.Co) (int, error) { return future.AwaitOp(co, hollow{}) }

func TestAnOpWithoutPollIsExplained(t *testing.T) {
	for name, f := range map[string]func(){
		"Join": func() { future.BlockOn(future.Box(future.Join(hollow{}, hollow{}))) },
		"Box":  func() { future.Box(hollow{}) },
		"Await": func() {
			future.BlockOn(future.Async(func(co *future.Co) (int, error) { return hollow{}.Await(co) }))
		},
	} {
		func() {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, "hollow has a method Await") || !strings.Contains(v, "Poll(*waker.Context) future.Poll[int]") {
					t.Errorf("%s: %q", name, v)
				}
			}()
			f()
		}()
	}
}
