package wake_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// row is a list of wakers that note their number, some of which then do something worse.
func row(woken *[]int, n int, worse map[int]func()) (ws []waker.Waker) {
	for i := range n {
		ws = append(ws, waker.FromFunc(func() {
			*woken = append(*woken, i)
			if f := worse[i]; f != nil {
				f()
			}
		}))
	}
	return ws
}

func TestAllAreWokenThoughSomePanic(t *testing.T) {
	fail := func() { panic("a waker") }
	for _, worse := range []map[int]func(){nil, {0: fail}, {2: fail}, {4: fail}, {0: fail, 1: fail, 4: fail}} {
		var woken []int
		reports := 0
		wake.All(row(&woken, 5, worse), func(v any, stack []byte) {
			reports++
			if v != "a waker" || !strings.Contains(string(stack), "TestAllAreWokenThoughSomePanic") {
				t.Errorf("reported %v at\n%s", v, stack)
			}
		})
		if fmt.Sprint(woken) != "[0 1 2 3 4]" || reports != len(worse) {
			t.Errorf("with %d that panic: woken %v, %d reports", len(worse), woken, reports)
		}
	}
}
func TestAllAreWokenThoughOneCallsGoexit(t *testing.T) {
	var woken []int
	var all sync.WaitGroup
	all.Go(func() {
		wake.All(row(&woken, 4, map[int]func(){1: runtime.Goexit}), nil)
		t.Error("the goroutine was kept from its end")
	})
	all.Wait()
	if fmt.Sprint(woken) != "[0 1 2 3]" {
		t.Errorf("woken %v", woken)
	}
}
