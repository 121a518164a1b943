package clock_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

// pends checks that f is not ready, in two polls, and gives it up.
func pends[T any](t *testing.T, what string, f future.Future[T]) {
	t.Helper()
	cx := waker.FromWaker(waker.Noop())
	for range 2 {
		if p := f.Poll(&cx); p.IsReady() {
			t.Errorf("%s is ready at once, with %v", what, p.Err())
			return
		}
	}
	future.Drop(f)
}

// never is a future that is never ready.
func never() future.Future[int] {
	return future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() })
}

func TestSleepsThatAreOverAtOnce(t *testing.T) {
	for range 1000 {
		for _, d := range []time.Duration{0, -1, math.MinInt64} {
			s := clock.Sleep(d)
			if _, err := future.BlockOn(future.Box(s)); err != nil {
				t.Fatal(err)
			}
		}
		for _, at := range []time.Time{time.Now(), time.Now().Add(-time.Hour), {}, time.Unix(-1<<40, 0)} {
			if _, err := future.BlockOn(future.Box(clock.SleepUntil(at))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// However long a sleep is, it is no shorter than one that ends meanwhile.
func TestSleepsOfAnyLength(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, d := range []time.Duration{time.Hour, year, 5 * year, 100 * year, math.MaxInt64 - 1, math.MaxInt64} {
		pends(t, "a sleep of "+d.String(), future.Box(clock.Sleep(d)))
		pends(t, "a sleep until then", future.Box(clock.SleepUntil(time.Now().Add(d))))
		pends(t, "a timeout of "+d.String(), future.Box(clock.Timeout(future.Of(never()), d)))
		won, err := future.BlockOn(future.Box(future.Select2(clock.Sleep(d), clock.Sleep(time.Nanosecond))))
		if won.Which != 1 || err != nil {
			t.Errorf("a sleep of %v is over before one of 1ns: %v", d, err)
		}
	}
	pends(t, "a sleep until the year 9999", future.Box(clock.SleepUntil(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))))
	pends(t, "a sleep until the end of time", future.Box(clock.SleepUntil(time.Unix(1<<62, 0))))
}

func TestIntervalsOfAnyPeriod(t *testing.T) {
	for _, d := range []time.Duration{time.Hour, math.MaxInt64} {
		ticks, err := clock.NewInterval(d)
		if err != nil {
			t.Fatal(err)
		}
		pends[time.Time](t, "an interval of "+d.String(), ticks)
		ticks.Stop()
	}
}

// An interval that begins ages ago ticks once for all that was missed, and then at its period.
func TestIntervalsThatBeginAgesAgo(t *testing.T) {
	for _, first := range []time.Time{{}, time.Unix(-1<<40, 0), clock.Now().Add(-24 * time.Hour)} {
		ticks, err := clock.NewIntervalAt(first, 12*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		due, err := future.BlockOn[time.Time](ticks)
		if !due.Equal(first) || err != nil {
			t.Errorf("%v, %v; want %v", due, err, first)
		}
		pends[time.Time](t, "an interval since "+first.String(), ticks)
		ticks.Stop()
	}
}

// The result counts, and not the time, where both are there.
func TestTimeoutOfWhatIsReady(t *testing.T) {
	for _, d := range []time.Duration{math.MinInt64, -time.Second, 0, 1, time.Hour, math.MaxInt64} {
		v, err := future.BlockOn(future.Box(clock.Timeout(future.Of(future.Value(7)), d)))
		if v != 7 || err != nil {
			t.Errorf("a timeout of %v of what is ready: %d, %v", d, v, err)
		}
		failure := errors.New("its own")
		if _, err := future.BlockOn(future.Box(clock.Timeout(future.Of(future.Fail[int](failure)), d))); err != failure {
			t.Errorf("a timeout of %v of what has failed: %v", d, err)
		}
	}
	for _, d := range []time.Duration{math.MinInt64, -time.Second, 0, 1, time.Millisecond} {
		begin := time.Now()
		if _, err := future.BlockOn(future.Box(clock.Timeout(future.Of(never()), d))); !errors.Is(err, clock.ErrTimeout) {
			t.Errorf("a timeout of %v of what never ends: %v", d, err)
		}
		if took := time.Since(begin); took < d {
			t.Errorf("a timeout of %v was over after %v", d, took)
		}
	}
}

// What comes before its time is over arrives, and wakes.
func TestTimeoutOfWhatComesInTime(t *testing.T) {
	for _, d := range []time.Duration{time.Hour, math.MaxInt64} {
		ch, woken := make(chan int), make(chan struct{}, 1)
		f := future.Box(clock.Timeout(future.FromChan(ch), d))
		cx := waker.FromWaker(waker.FromFunc(func() {
			select {
			case woken <- struct{}{}:
			default:
			}
		}))
		if f.Poll(&cx).IsReady() {
			t.Fatal("ready at once")
		}
		ch <- 7
		<-woken
		if v, err := f.Poll(&cx).Result(); v != 7 || err != nil {
			t.Errorf("%d, %v; want 7", v, err)
		}
	}
}
