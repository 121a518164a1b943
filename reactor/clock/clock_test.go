package clock_test

import (
	"errors"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

const sleepPatience = 30 * time.Second

// An Interval that loses against something else goes on, in step.
func TestAnIntervalThatLosesGoesOn(t *testing.T) {
	const period = 2 * time.Millisecond
	ticks, err := clock.NewInterval(period)
	if err != nil {
		t.Fatal(err)
	}
	defer ticks.Stop()
	soon := func() future.Future[time.Time] {
		return future.Map(future.Box(future.Yield()), func(future.Unit) time.Time { return time.Time{} })
	}
	tick := func() time.Time {
		t.Helper()
		due, err := future.BlockOn(future.Box(clock.Timeout[time.Time](future.Of(ticks), sleepPatience)))
		if err != nil {
			t.Fatalf("no tick came: %v", err)
		}
		return due
	}
	first := tick()
	for name, lose := range map[string]func() future.Future[future.Unit]{
		"Select2": func() future.Future[future.Unit] {
			return future.Map(future.Box(future.Select2[time.Time, time.Time](future.Of(ticks), future.Of(soon()))), func(future.Either[time.Time, time.Time]) future.Unit { return future.Unit{} })
		},
		"Race": func() future.Future[future.Unit] {
			return future.Map(future.Race[time.Time](ticks, soon()), func(time.Time) future.Unit { return future.Unit{} })
		},
		"async": func() future.Future[future.Unit] {
			return future.Race(future.Async(func(co *future.Co) (future.Unit, error) {
				_, err := future.Await[time.Time](co, ticks)
				return future.Unit{}, err
			}), future.Box(future.Yield()))
		},
		"not polled": func() future.Future[future.Unit] {
			future.Drop(ticks)
			future.Drop(ticks)
			return future.Value(future.Unit{})
		},
	} {
		if _, err := future.BlockOn(lose()); err != nil {
			t.Fatal(err)
		}
		if due := tick(); !due.After(first) || due.Sub(first)%period != 0 {
			t.Errorf("%s: a tick was due %v after the first", name, due.Sub(first))
		}
	}
	ticks.Stop()
	future.Drop(ticks)
	cx := waker.FromWaker(waker.Noop())
	if ticks.Poll(&cx).IsReady() {
		t.Error("a tick after Stop")
	}
	if _, err := future.BlockOn(future.Box(clock.Timeout[time.Time](future.Of(ticks), 5*period))); !errors.Is(err, clock.ErrTimeout) {
		t.Errorf("after Stop a wait ends with %v", err)
	}
}

// A future that always has something to do does not outlive its Timeout.
func TestTimeoutOfABusyFuture(t *testing.T) {
	end := time.Now().Add(sleepPatience)
	busy := future.Loop(0, func(int) future.Future[future.Flow[int, int]] {
		if time.Now().After(end) {
			return future.Value(future.Break[int](0))
		}
		return future.Value(future.Continue[int](0))
	})
	_, err := future.RunUntil(future.NewLocalPool(), future.Box(clock.Timeout(future.Of(busy), time.Millisecond)))
	if !errors.Is(err, clock.ErrTimeout) {
		t.Errorf("it ended with %v", err)
	}
}

// stubborn is a future that is never ready and whose Drop panics.
type stubborn struct{ drops int }

func (*stubborn) Poll(*waker.Context) future.Poll[int] { return future.Pending[int]() }
func (s *stubborn) Drop()                              { s.drops++; panic("drop failed") }

func TestTimeoutDropsOnce(t *testing.T) {
	s := new(stubborn)
	func() {
		defer func() {
			if v := recover(); v != "drop failed" {
				t.Errorf("recovered %v", v)
			}
		}()
		_, _ = future.BlockOn(future.Box(clock.Timeout[int](future.Of(s), time.Millisecond))) // drops it after the panic
	}()
	if s.drops != 1 {
		t.Errorf("dropped %d times", s.drops)
	}
}
