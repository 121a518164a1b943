package clock_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

// slow is a stream of the numbers up to n, each d after the one before was asked for.
func slow(n int, d time.Duration) future.Stream[int] {
	return stream.Async(func(co *future.Co, out *stream.Emitter[int]) error {
		for i := range n {
			if _, err := clock.Sleep(d).Await(co); err != nil {
				return err
			}
			out.Emit(co, i)
		}
		return nil
	})
}

// An item that is late makes one error, however late it is, and comes after it.
func TestItemTimeoutTellsOncePerItem(t *testing.T) {
	ch := make(chan int)
	s := clock.ItemTimeout(stream.FromChan(ch), time.Millisecond)
	defer future.Drop(s)
	next := func() (int, error) { return future.BlockOn(future.Box(future.Next(s))) }
	for i := range 2 {
		if _, err := next(); !errors.Is(err, clock.ErrTimeout) {
			t.Fatalf("%v, want a timeout", err)
		}
		cx := waker.FromWaker(waker.Noop())
		for range 3 {
			if s.PollNext(&cx).IsReady() {
				t.Fatal("told twice")
			}
		}
		go func() { ch <- i }()
		if v, err := next(); v != i || err != nil {
			t.Fatal(v, err)
		}
	}
	close(ch)
	if _, err := next(); !errors.Is(err, clock.ErrTimeout) && err != future.ErrEnd {
		t.Errorf("%v", err)
	}
}

func TestItemTimeoutOfWhatIsInTime(t *testing.T) {
	vs, err := future.BlockOn(stream.Collect(clock.ItemTimeout(slow(5, time.Microsecond), time.Hour)))
	if len(vs) != 5 || err != nil {
		t.Error(vs, err)
	}
}

// A time in which nobody waits does not count.
func TestItemTimeoutStopsWaiting(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	s := clock.ItemTimeout(stream.Never[int](), time.Nanosecond)
	s.PollNext(&cx)
	future.StopWaiting(s)
	future.Drop(s)
	future.Drop(s)
	if s.PollNext(&cx).Err() != future.ErrEnd {
		t.Error("not at its end after Drop")
	}
}

func TestThrottleKeepsItemsApart(t *testing.T) {
	const d = 3 * time.Millisecond
	begin := time.Now()
	vs, err := future.BlockOn(stream.Collect(clock.Throttle(stream.Of(1, 2, 3, 4), d)))
	if took := time.Since(begin); len(vs) != 4 || err != nil || took < 4*d {
		t.Errorf("%v, %v after %v; want %v at least", vs, err, took, 4*d)
	}
	cx := waker.FromWaker(waker.Noop())
	s := clock.Throttle(stream.Of(1, 2), time.Hour)
	if v, err := s.PollNext(&cx).Result(); v != 1 || err != nil {
		t.Error("the first is not held back", v, err)
	}
	if s.PollNext(&cx).IsReady() {
		t.Error("the second is not")
	}
	future.Drop(s)
}

func TestChunksTimeout(t *testing.T) {
	// all at once
	all, err := future.BlockOn(stream.Collect(clock.ChunksTimeout(stream.Of(1, 2, 3, 4, 5), 2, time.Hour)))
	if fmt.Sprint(all) != "[[1 2] [3 4] [5]]" || err != nil {
		t.Error(all, err)
	}
	// one that does not become full is handed on when its time is over
	ch := make(chan int, 2)
	ch <- 1
	ch <- 2
	s := clock.ChunksTimeout(stream.FromChan(ch), 3, time.Millisecond)
	defer future.Drop(s)
	if vs, err := future.BlockOn(future.Box(future.Next(s))); fmt.Sprint(vs) != "[1 2]" || err != nil {
		t.Error(vs, err)
	}
	// and the time of the next begins with its first item
	cx := waker.FromWaker(waker.Noop())
	for range 3 {
		if s.PollNext(&cx).IsReady() {
			t.Fatal("an empty slice")
		}
	}
	go func() {
		ch <- 3
		close(ch)
	}()
	if vs, err := future.BlockOn(stream.Collect(s)); fmt.Sprint(vs) != "[[3]]" || err != nil {
		t.Error(vs, err)
	}
}

// A slice of a stream that always has something comes in its time.
func TestChunksTimeoutOfABusyStream(t *testing.T) {
	end := time.Now().Add(sleepPatience)
	ended := false
	busy := stream.FromFunc(func() (future.Unit, error) { // of no size, for there may be many
		if ended = time.Now().After(end); ended {
			return future.Unit{}, future.ErrEnd
		}
		return future.Unit{}, nil
	})
	s := clock.ChunksTimeout(busy, math.MaxInt, time.Millisecond)
	vs, err := future.RunUntil(future.NewLocalPool(), future.Box(future.Next(s)))
	if len(vs) == 0 || err != nil || ended {
		t.Errorf("%d values, %v; the stream has ended: %v", len(vs), err, ended)
	}
	future.Drop(s)
}

func TestChunksTimeoutHandsErrorsOn(t *testing.T) {
	s := clock.ChunksTimeout(stream.Chain(stream.Of(1), stream.Once(future.Fail[int](errTry)), stream.Of(2)), 9, time.Hour)
	cx := waker.FromWaker(waker.Noop())
	for _, want := range []string{"[1] <nil>", "[] " + errTry.Error(), "[2] <nil>", "[] " + future.ErrEnd.Error(), "[] " + future.ErrEnd.Error()} {
		v, err := s.PollNext(&cx).Result()
		if got := fmt.Sprint(v, err); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	var r end
	c := clock.ChunksTimeout(stream.Chain(stream.Of(&r), stream.Never[*end]()), 9, time.Hour)
	c.PollNext(&cx)
	future.Drop(c)
	if r.drops != 1 {
		t.Errorf("discarded %d times", r.drops)
	}
}

func TestIntervalIsAStream(t *testing.T) {
	ticks, err := clock.NewInterval(time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer ticks.Stop()
	var last time.Time
	n := 0
	for at, err := range stream.Seq(stream.Take[time.Time](ticks, 3)) {
		if err != nil || !at.After(last) {
			t.Errorf("%v after %v, %v", at, last, err)
		}
		last = at
		n++
	}
	if n != 3 {
		t.Errorf("%d ticks", n)
	}
}

func TestTimedStreamsAllocateNothing(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	for name, s := range map[string]future.Stream[int]{
		"ItemTimeout": clock.ItemTimeout(stream.Repeat(math.MaxInt), time.Hour),
		"Throttle":    clock.Throttle(stream.Repeat(1<<30), 0),
	} {
		s.PollNext(&cx)
		if n := testing.AllocsPerRun(100, func() { s.PollNext(&cx) }); n != 0 {
			t.Errorf("%s: %v allocations an item", name, n)
		}
		future.Drop(s)
	}
}

func TestTimedStreamsOfNothingPanic(t *testing.T) {
	panics(t, "ItemTimeout: nil stream", func() { clock.ItemTimeout[int](nil, 1) })
	panics(t, "Throttle: nil stream", func() { clock.Throttle[int](nil, 1) })
	panics(t, "ChunksTimeout: nil stream", func() { clock.ChunksTimeout[int](nil, 1, 1) })
	panics(t, "ChunksTimeout of 0", func() { clock.ChunksTimeout(stream.Of(1), 0, 1) })
}

func ExampleRetry() {
	tries := 0
	v, err := future.BlockOn(clock.Retry(clock.Backoff{First: time.Millisecond, Tries: 5}, func() future.Future[string] {
		if tries++; tries < 3 {
			return future.Fail[string](errors.New("not yet"))
		}
		return future.Value("connected")
	}))
	fmt.Println(v, err, tries)
	// Output: connected <nil> 3
}

func ExampleBackoff_Delay() {
	b := clock.Backoff{First: time.Second, Max: 5 * time.Second, Jitter: clock.NoJitter}
	for n := 1; n <= 4; n++ {
		fmt.Print(b.Delay(n), " ")
	}
	// Output: 1s 2s 4s 5s
}

func ExampleDeadline() {
	by := time.Now().Add(time.Millisecond)
	_, err := future.BlockOn(future.Box(clock.Deadline(future.Never[int](), by)))
	fmt.Println(errors.Is(err, clock.ErrTimeout))
	// Output: true
}

func ExampleItemTimeout() {
	s := clock.ItemTimeout(stream.Never[int](), time.Millisecond)
	_, err := future.BlockOn(future.Box(future.Next(s)))
	fmt.Println(errors.Is(err, clock.ErrTimeout))
	// Output: true
}

func ExampleThrottle() {
	vs, err := future.BlockOn(stream.Collect(clock.Throttle(stream.Of(1, 2), time.Millisecond)))
	fmt.Println(vs, err)
	// Output: [1 2] <nil>
}

func ExampleChunksTimeout() {
	vs, err := future.BlockOn(stream.Collect(clock.ChunksTimeout(stream.Of(1, 2, 3), 2, time.Second)))
	fmt.Println(vs, err)
	// Output: [[1 2] [3]] <nil>
}

// Ticks that are made up for cost budget, as all others do: however many there are, the task lets others run.
func TestIntervalThatIsBehind(t *testing.T) {
	ticks, err := clock.NewIntervalAt(clock.Now().Add(-time.Hour), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer ticks.Stop()
	ticks.OnMissed(clock.BurstMissed)
	var budget waker.Budget
	budget.Refill(8)
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	n := 0
	for n < 100 && ticks.PollTick(&cx).IsReady() {
		n++
	}
	if n != 8 {
		t.Errorf("%d ticks in a poll of 8 operations", n)
	}
}
