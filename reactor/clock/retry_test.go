package clock_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

var errTry = errors.New("try failed")

// flaky is what fails so often before it succeeds.
type flaky struct {
	failures int
	tries    int
}

func (f *flaky) try() future.Future[int] {
	if f.tries++; f.tries <= f.failures {
		return future.Fail[int](errTry)
	}
	return future.Value(f.tries)
}

// quick tries again at once.
func quick(tries int) clock.Backoff {
	return clock.Backoff{First: 1, Tries: tries, Jitter: clock.NoJitter}
}

func TestRetryUntilItSucceeds(t *testing.T) {
	f := &flaky{failures: 3}
	if v, err := future.BlockOn(clock.Retry(quick(0), f.try)); v != 4 || err != nil {
		t.Error(v, err)
	}
}

func TestRetryGivesUpAfterItsTries(t *testing.T) {
	f := &flaky{failures: 10}
	_, err := future.BlockOn(clock.Retry(quick(3), f.try))
	if !errors.Is(err, errTry) || err == errTry || f.tries != 3 {
		t.Errorf("%v after %d tries", err, f.tries)
	}
	f = &flaky{failures: 10}
	if _, err := future.BlockOn(clock.Retry(quick(1), f.try)); err != errTry || f.tries != 1 {
		t.Errorf("%v after %d tries", err, f.tries)
	}
}

// A wait that would end beyond the time is not begun.
func TestRetryGivesUpAfterItsTime(t *testing.T) {
	f := &flaky{failures: 10}
	b := clock.Backoff{First: 2 * time.Hour, Max: 2 * time.Hour, Within: time.Hour, Jitter: clock.NoJitter}
	if _, err := future.BlockOn(clock.Retry(b, f.try)); err != errTry || f.tries != 1 {
		t.Errorf("%v after %d tries", err, f.tries)
	}
}

func TestRetryAsksWhetherItIsWorthIt(t *testing.T) {
	final := errors.New("final")
	n := 0
	b := quick(0)
	b.Retry = func(err error) bool { return err == errTry }
	_, err := future.BlockOn(clock.Retry(b, func() future.Future[int] {
		if n++; n < 3 {
			return future.Fail[int](errTry)
		}
		return future.Fail[int](final)
	}))
	if err != final || n != 3 {
		t.Errorf("%v after %d tries", err, n)
	}
}

// end is a value that must be ended once.
type end struct{ drops int }

func (e *end) Drop() { e.drops++ }

func TestRetryEndsWhatItDoesNotHandOn(t *testing.T) {
	values := make([]end, 2)
	n := 0
	v, err := future.BlockOn(clock.Retry(quick(2), func() future.Future[*end] {
		n++
		return future.Func(func(*waker.Context) future.Poll[*end] { return future.Done(&values[n-1], errTry) })
	}))
	if v != &values[1] || !errors.Is(err, errTry) || values[0].drops != 1 || values[1].drops != 0 {
		t.Errorf("%v, discarded %d and %d times", err, values[0].drops, values[1].drops)
	}
}

// stuck is a future that waits, and counts how often it is dropped.
type stuck struct{ drops int }

func (w *stuck) Poll(*waker.Context) future.Poll[int] { return future.Pending[int]() }
func (w *stuck) Drop()                                { w.drops++ }

func TestRetryDropped(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	var w stuck
	f := clock.Retry(quick(0), func() future.Future[int] { return &w })
	if f.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	f.Drop()
	f.Drop()
	if w.drops != 1 {
		t.Errorf("dropped %d times", w.drops)
	}
	f = clock.Retry(clock.Backoff{First: time.Hour, Jitter: clock.NoJitter}, (&flaky{failures: 9}).try)
	if f.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	f.Drop() // while it waits for the next try: its timer is given back
	defer func() {
		if recover() == nil {
			t.Error("polled after Drop")
		}
	}()
	f.Poll(&cx)
}

func TestBackoffDelays(t *testing.T) {
	b := clock.Backoff{First: time.Second, Factor: 3, Max: 20 * time.Second, Jitter: clock.NoJitter}
	var got []time.Duration
	for n := 1; n <= 5; n++ {
		got = append(got, b.Delay(n)/time.Second)
	}
	if !slices.Equal(got, []time.Duration{1, 3, 9, 20, 20}) {
		t.Errorf("%v", got)
	}
	if d := b.Delay(1 << 30); d != 20*time.Second {
		t.Errorf("after very many tries %v", d)
	}
	for _, c := range []struct {
		jitter clock.Jitter
		chance float64
		want   time.Duration
	}{{clock.FullJitter, 0, 0}, {clock.FullJitter, 0.75, 6750 * time.Millisecond},
		{clock.EqualJitter, 0, 4500 * time.Millisecond}, {clock.EqualJitter, 0.5, 6750 * time.Millisecond}, {clock.NoJitter, 0.1, 9 * time.Second}} {
		b.Jitter, b.Rand = c.jitter, func() float64 { return c.chance }
		if d := b.Delay(3); d != c.want {
			t.Errorf("jitter %d by a chance of %v: %v, want %v", c.jitter, c.chance, d, c.want)
		}
	}
	for range 100 { // by math/rand/v2
		if d := (clock.Backoff{Jitter: clock.EqualJitter}).Delay(1); d < 50*time.Millisecond || d > 100*time.Millisecond {
			t.Fatalf("of 100 ms half by chance: %v", d)
		}
		if d := (clock.Backoff{}).Delay(1); d < 0 || d > 100*time.Millisecond {
			t.Fatalf("of 100 ms all by chance: %v", d)
		}
	}
	zero := clock.Backoff{Jitter: clock.NoJitter}
	if zero.Delay(1) != 100*time.Millisecond || zero.Delay(2) != 200*time.Millisecond || zero.Delay(50) != 30*time.Second {
		t.Errorf("the zero Backoff: %v, %v, %v", zero.Delay(1), zero.Delay(2), zero.Delay(50))
	}
	if d := (clock.Backoff{First: time.Hour, Jitter: clock.NoJitter}).Delay(3); d != time.Hour {
		t.Errorf("with a First beyond Max: %v", d)
	}
}

func TestBackoffsThatMakeNoSense(t *testing.T) {
	for want, b := range map[string]clock.Backoff{
		"First -1ns":  {First: -1},
		"Max -1ns":    {Max: -1},
		"Within -1ns": {Within: -1},
		"Factor 0.5":  {Factor: 0.5},
		"-1 tries":    {Tries: -1},
		"Jitter 9":    {Jitter: 9},
	} {
		panics(t, want, func() { clock.Retry(b, (&flaky{}).try) })
	}
	panics(t, "Retry: nil func", func() { clock.Retry[int](clock.Backoff{}, nil) })
	panics(t, "after try 0", func() { clock.Backoff{}.Delay(0) })
	panics(t, "Retry: nil future", func() {
		future.BlockOn(clock.Retry(clock.Backoff{}, func() future.Future[int] { return nil }))
	})
}

func TestDeadline(t *testing.T) {
	if _, err := future.BlockOn(future.Box(clock.Deadline(future.Of[int](new(stuck)), time.Now().Add(time.Millisecond)))); !errors.Is(err, clock.ErrTimeout) {
		t.Errorf("%v", err)
	}
	if v, err := future.BlockOn(future.Box(clock.Deadline(future.Of(future.Value(7)), time.Now().Add(time.Hour)))); v != 7 || err != nil {
		t.Error(v, err)
	}
	if v, err := future.BlockOn(future.Box(clock.Deadline(future.Of(future.Value(7)), time.Now().Add(-time.Hour)))); v != 7 || err != nil {
		t.Error("what is ready counts, though the time has passed", v, err)
	}
	var w stuck
	f := future.Box(clock.Deadline(future.Of[int](&w), time.Now().Add(-time.Hour)))
	if _, err := future.BlockOn(f); !errors.Is(err, clock.ErrTimeout) || w.drops != 1 {
		t.Errorf("%v, dropped %d times", err, w.drops)
	}
	panics(t, "clock: Deadline: nil operation", func() { clock.Deadline((*future.YieldOp)(nil), time.Now()) })
}

func panics(t *testing.T, want string, fn func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if v := fmt.Sprint(recover()); !strings.Contains(v, want) || !strings.Contains(v, "clock: ") {
			t.Errorf("panic %q, want one about %q", v, want)
		}
	}()
	fn()
}
