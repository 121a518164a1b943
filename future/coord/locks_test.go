package coord_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// hand is a task that is polled by hand. It counts the clones of its waker that are kept, and
// its wake-ups.
type hand struct {
	kept, wakes word.Int32
	onWake      func()
	cx          waker.Context
}

var handVTable waker.VTable

func init() {
	handVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			(*hand)(p).kept.Inc()
			return waker.RawWaker{Data: p, VTable: &handVTable}
		},
		Wake: func(p unsafe.Pointer) {
			h := (*hand)(p)
			h.kept.Dec()
			h.wakes.Inc()
			if h.onWake != nil {
				h.onWake()
			}
		},
		WakeByRef: func(p unsafe.Pointer) { (*hand)(p).wakes.Inc() },
		Drop:      func(p unsafe.Pointer) { (*hand)(p).kept.Dec() },
	}
}

func newHand() *hand {
	h := new(hand)
	h.cx = waker.FromWaker(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(h), VTable: &handVTable}))
	return h
}

// idle checks that the hand keeps no clone of its waker anywhere, and how often it was woken.
func (h *hand) idle(t *testing.T, wakes int32) {
	t.Helper()
	if h.kept.Load() != 0 || h.wakes.Load() != wakes {
		t.Errorf("%d clones are kept; woken %d times, want %d", h.kept.Load(), h.wakes.Load(), wakes)
	}
}

// pending polls f, which must not be ready.
func pending[T any](t *testing.T, h *hand, f future.Future[T]) {
	t.Helper()
	if p := f.Poll(&h.cx); p.IsReady() {
		v, err := p.Result()
		t.Fatalf("ready with %v, %v; want pending", v, err)
	}
}

// ready polls f, which must succeed, and returns its value.
func ready[T any](t *testing.T, h *hand, f future.Future[T]) T {
	t.Helper()
	v, err := settled(t, h, f)
	if err != nil {
		t.Fatalf("%T failed with %v", f, err)
	}
	return v
}

// settled polls f, which must be ready, and returns its outcome.
func settled[T any](t *testing.T, h *hand, f future.Future[T]) (T, error) {
	t.Helper()
	p := f.Poll(&h.cx)
	if p.IsPending() {
		t.Fatal("pending, want ready")
	}
	return p.Result()
}

// panics checks that f panics with a message of this package that holds all of parts.
func panics(t *testing.T, f func(), parts ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		text := fmt.Sprint(recover())
		for _, part := range append(parts, "coord: ") {
			if !strings.Contains(text, part) {
				t.Errorf("the panic is %q, want one about %q", text, part)
			}
		}
	}()
	f()
}

// wait is BlockOn of an operation, for a goroutine that cannot fail the test.
func wait[T any, F future.Op[T]](op F) T {
	v, err := future.BlockOn(future.Box[T](op))
	if err != nil {
		panic(err)
	}
	return v
}

// giveUpSometimes waits for an operation on this goroutine; it may poll it a few times and drop it
// then, and returns false.
func giveUpSometimes[T any](f future.Future[T]) (v T, ok bool) {
	left := -1
	if rand.IntN(3) == 0 {
		left = 1 + rand.IntN(3)
	}
	v, err := future.BlockOn(future.Func(func(cx *waker.Context) future.Poll[T] {
		if left == 0 {
			future.Drop(f)
			return future.Failed[T](errGaveUp)
		}
		left--
		p := f.Poll(cx)
		if left >= 0 && p.IsPending() {
			w := cx.Waker()
			w.WakeByRef()
		}
		return p
	}))
	return v, err == nil
}

var errGaveUp = errors.New("gave up")

// together runs f on several goroutines, rounds times each.
func together(t *testing.T, threads, rounds int, f func(thread, round int)) {
	if testing.Short() {
		rounds /= 10
	}
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			for j := range rounds {
				f(i, j)
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		buf := make([]byte, 1<<16)
		t.Fatalf("somebody waits for ever:\n%s", buf[:runtime.Stack(buf, true)])
	}
}

// inAsync runs f in an async function and fails the test if it fails.
func inAsync(t *testing.T, f func(co *future.Co) error) {
	t.Helper()
	if _, err := future.BlockOn(future.Async(func(co *future.Co) (future.Unit, error) { return future.Unit{}, f(co) })); err != nil {
		t.Error(err)
	}
}

// allocates checks that f, in an async function, allocates nothing once it runs.
func allocates(t *testing.T, what string, f func(co *future.Co)) {
	t.Helper()
	inAsync(t, func(co *future.Co) error {
		if n := testing.AllocsPerRun(100, func() { f(co) }); n != 0 {
			t.Errorf("%s: %v allocations", what, n)
		}
		return nil
	})
}

// opOf moves an operation to where it can be polled.
func opOf[F any](op F) *F { return &op }
