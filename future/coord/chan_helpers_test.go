package coord_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// peer is a task that is polled by hand, with a waker that counts its clones and wake-ups.
type peer struct {
	kept, wakes word.Int32
	onWake      func()
	cx          waker.Context
}

var peerVTable waker.VTable

func init() {
	peerVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			(*peer)(p).kept.Inc()
			return waker.RawWaker{Data: p, VTable: &peerVTable}
		},
		Wake: func(p unsafe.Pointer) {
			(*peer)(p).kept.Dec()
			(*peer)(p).wake()
		},
		WakeByRef: func(p unsafe.Pointer) { (*peer)(p).wake() },
		Drop:      func(p unsafe.Pointer) { (*peer)(p).kept.Dec() },
	}
}

func newPeer() *peer { return newPeerWith(nil) }

// newPeerWith makes one whose polls have a budget.
func newPeerWith(b *waker.Budget) *peer {
	p := new(peer)
	p.cx = waker.NewContext(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(p), VTable: &peerVTable}), nil, b)
	return p
}

func (p *peer) wake() {
	p.wakes.Inc()
	if p.onWake != nil {
		p.onWake()
	}
}

// woken checks how many wake-ups there were since the last time.
func (p *peer) woken(t *testing.T, times int32) {
	t.Helper()
	if n := p.wakes.Swap(0); n != times {
		t.Fatalf("woken %d times, want %d", n, times)
	}
}

// gone checks that no clone of its waker is kept anywhere.
func (p *peer) gone(t *testing.T) {
	t.Helper()
	if n := p.kept.Load(); n != 0 {
		t.Fatalf("%d clones of the waker are kept", n)
	}
}

func pends[T any](t *testing.T, p *peer, f future.Future[T]) {
	t.Helper()
	if out := f.Poll(&p.cx); out.IsReady() {
		v, err := out.Result()
		t.Fatalf("ready with %v, %v; want pending", v, err)
	}
}

// comes checks that f is ready with want and wantErr, or an error that wraps it.
func comes[T comparable](t *testing.T, p *peer, f future.Future[T], want T, wantErr error) {
	t.Helper()
	out := f.Poll(&p.cx)
	if out.IsPending() {
		t.Fatal("pending, want ready")
	}
	v, err := out.Result()
	result(t, v, err, want, wantErr)
}

// result compares the two results of a call.
func result[T comparable](t *testing.T, got T, err error, want T, wantErr error) {
	t.Helper()
	if got != want || !errors.Is(err, wantErr) || (wantErr == nil) != (err == nil) {
		t.Fatalf("%v, %v; want %v, %v", got, err, want, wantErr)
	}
}

// fails checks an error, which may be nil, and that it says all of parts.
func fails(t *testing.T, err, want error, parts ...string) {
	t.Helper()
	if !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Fatalf("error %v, want %v", err, want)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Fatalf("error %v, want one about %q", err, part)
		}
	}
}

func is[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}

// mustPanic checks that f panics with a message of this package that holds all of parts.
func mustPanic(t *testing.T, f func(), parts ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		text := fmt.Sprint(recover())
		for _, part := range append(parts, "coord: ") {
			if !strings.Contains(text, part) {
				t.Fatalf("the panic is %q, want one about %q", text, part)
			}
		}
	}()
	f()
}

// steady checks that f, in an async function, allocates nothing once it has run.
func steady(t *testing.T, what string, f func(co *future.Co)) {
	t.Helper()
	if word.Exploring {
		t.Skip("the explorer's words allocate")
	}
	inFunction(t, func(co *future.Co) error {
		for range 100 {
			f(co)
		}
		if n := testing.AllocsPerRun(200, func() { f(co) }); n != 0 {
			t.Errorf("%s: %v allocations, want none", what, n)
		}
		return nil
	})
}

// inFunction runs f as an async function.
func inFunction(t *testing.T, f func(co *future.Co) error) {
	t.Helper()
	if _, err := future.BlockOn(future.Async(func(co *future.Co) (future.Unit, error) { return future.Unit{}, f(co) })); err != nil {
		t.Fatal(err)
	}
}

var errTest = errors.New("test error")

// owned is a value that counts how often it is discarded.
type owned struct{ dropped *int }

func (o owned) Drop() { *o.dropped++ }
