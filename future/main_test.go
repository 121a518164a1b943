package future_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTest = errors.New("test error")

// probe is a future under the test's control. It counts what is done with it.
type probe[T any] struct {
	answer       future.Poll[T]
	polls, drops int
	w            waker.Waker
	panics       any
}

func (p *probe[T]) Poll(cx *waker.Context) future.Poll[T] {
	p.polls++
	if p.panics != nil {
		panic(p.panics)
	}
	if p.answer.IsPending() {
		p.w.Drop()
		w := cx.Waker()
		p.w = w.Clone()
	} else {
		p.w.Drop()
		p.w = waker.Waker{}
	}
	return p.answer
}

func (p *probe[T]) Drop() {
	p.drops++
	p.w.Drop()
	p.w = waker.Waker{}
}

// complete makes p ready and wakes who waits for it.
func (p *probe[T]) complete(v T, err error) {
	p.answer = future.Done(v, err)
	p.wake()
}

func (p *probe[T]) wake() {
	w := p.w
	p.w = waker.Waker{}
	w.Wake()
}

// executor is one that is not of this module: it polls by hand, and counts through a
// vtable of its own what becomes of its wakers.
type executor struct {
	clones, ends, wakes word.Int32
	woken               chan struct{}
	cx                  waker.Context
}

var executorVTable waker.VTable

func init() {
	executorVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			(*executor)(p).clones.Inc()
			return waker.RawWaker{Data: p, VTable: &executorVTable}
		},
		Wake: func(p unsafe.Pointer) {
			(*executor)(p).ends.Inc()
			(*executor)(p).wake()
		},
		WakeByRef: func(p unsafe.Pointer) { (*executor)(p).wake() },
		Drop:      func(p unsafe.Pointer) { (*executor)(p).ends.Inc() },
	}
}

func newExecutor() *executor { return newExecutorWith(nil) }

func newExecutorWith(ext any) *executor {
	e := &executor{woken: make(chan struct{}, 1)}
	w := waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(e), VTable: &executorVTable})
	e.cx = waker.NewContext(w, ext, nil)
	return e
}

func (e *executor) wake() {
	e.wakes.Inc()
	select {
	case e.woken <- struct{}{}:
	default:
	}
}

// takeWake reports whether there was a wake-up since the last call.
func (e *executor) takeWake() bool {
	select {
	case <-e.woken:
		return true
	default:
		return false
	}
}

// balanced checks that every clone of the waker is used up, or about to be by a
// thread that is in the middle of a wake-up.
func (e *executor) balanced(t *testing.T) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); e.clones.Load() != e.ends.Load(); runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("the executor's waker was cloned %d times, and given up %d times", e.clones.Load(), e.ends.Load())
		}
	}
}

// drive polls f at each wake-up until it is ready.
func drive[T any](e *executor, f future.Future[T]) (T, error) {
	for {
		if p := f.Poll(&e.cx); p.IsReady() {
			return p.Result()
		}
		<-e.woken
	}
}

func mustPend[T any](t *testing.T, e *executor, f future.Future[T]) {
	t.Helper()
	if p := f.Poll(&e.cx); p.IsReady() {
		v, err := p.Result()
		t.Fatalf("ready with %v, %v; want pending", v, err)
	}
}

func mustReady[T comparable](t *testing.T, e *executor, f future.Future[T], want T, wantErr error) {
	t.Helper()
	p := f.Poll(&e.cx)
	if p.IsPending() {
		t.Fatal("pending, want ready")
	}
	if v, err := p.Result(); v != want || !errors.Is(err, wantErr) || (wantErr == nil) != (err == nil) {
		t.Fatalf("ready with %v, %v; want %v, %v", v, err, want, wantErr)
	}
}

// mustPanic checks that fn panics, with a message that holds all of parts.
func mustPanic(t *testing.T, fn func(), parts ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		v := recover()
		if v == nil {
			t.Fatalf("no panic, want one about %q", parts)
		}
		text, ok := v.(string)
		if err, isErr := v.(error); isErr {
			text, ok = err.Error(), true
		}
		for _, part := range parts {
			if !ok || !strings.Contains(text, part) {
				t.Fatalf("panic %v, want one about %q", v, part)
			}
		}
	}()
	fn()
}
