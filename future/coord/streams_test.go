package coord_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

// follower polls a stream by hand, and counts its wake-ups.
type follower struct {
	t     *testing.T
	cx    waker.Context
	wakes int
}

func newFollower(t *testing.T) *follower {
	f := &follower{t: t}
	f.cx = waker.FromWaker(waker.FromFunc(func() { f.wakes++ }))
	return f
}

func (f *follower) next(s future.Stream[int], want int, wantErr error) {
	f.t.Helper()
	p := s.PollNext(&f.cx)
	if v, err := p.Result(); p.IsPending() || v != want || !errors.Is(err, wantErr) || (err == nil) != (wantErr == nil) {
		f.t.Fatalf("pending %v: %d, %v; want %d, %v", p.IsPending(), v, err, want, wantErr)
	}
}

func (f *follower) waits(s future.Stream[int]) {
	f.t.Helper()
	if p := s.PollNext(&f.cx); p.IsReady() {
		f.t.Fatal("ready, want pending")
	}
}

// receivers are the channels' ends as streams, each with a way to send, and to close.
func receivers() map[string]func() (s future.Stream[int], send func(int), close func()) {
	return map[string]func() (future.Stream[int], func(int), func()){
		"MPSC": func() (future.Stream[int], func(int), func()) {
			tx, rx := coord.MPSC[int](8)
			return rx, func(v int) { must(tx.TrySend(v)) }, tx.Close
		},
		"MPSC closed by its receiver": func() (future.Stream[int], func(int), func()) {
			tx, rx := coord.MPSC[int](8)
			return rx, func(v int) { must(tx.TrySend(v)) }, rx.Close
		},
		"UnboundedMPSC": func() (future.Stream[int], func(int), func()) {
			tx, rx := coord.UnboundedMPSC[int]()
			return rx, func(v int) { must(tx.Send(v)) }, tx.Close
		},
		"MPMC": func() (future.Stream[int], func(int), func()) {
			tx, rx := coord.MPMC[int](8)
			return rx, func(v int) { must(tx.TrySend(v)) }, tx.Close
		},
		"Broadcast": func() (future.Stream[int], func(int), func()) {
			tx, rx := coord.Broadcast[int](8)
			return rx, func(v int) { must(second(tx.Send(v))) }, tx.Close
		},
		"Watch": func() (future.Stream[int], func(int), func()) {
			tx, rx := coord.Watch(0)
			return rx, func(v int) { must(tx.Send(v)) }, tx.Close
		},
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func second[A any](_ A, err error) error { return err }

func TestReceiversAreStreams(t *testing.T) {
	for name, make := range receivers() {
		t.Run(name, func(t *testing.T) {
			f := newFollower(t)
			s, send, end := make()
			f.waits(s)
			send(1)
			if f.wakes != 1 {
				t.Errorf("a value made %d wake-ups", f.wakes)
			}
			f.next(s, 1, nil)
			f.waits(s)
			send(2)
			f.next(s, 2, nil)
			f.waits(s)
			f.wakes = 0
			end()
			if f.wakes != 1 {
				t.Errorf("the end made %d wake-ups", f.wakes)
			}
			f.next(s, 0, future.ErrEnd)
			f.next(s, 0, future.ErrEnd)
			future.Drop(s)
		})
	}
}

// A wait that is given up leaves the line, and loses nothing.
func TestReceiversStopWaiting(t *testing.T) {
	for name, make := range receivers() {
		t.Run(name, func(t *testing.T) {
			f := newFollower(t)
			s, send, _ := make()
			next := future.Box(future.Next(s))
			if next.Poll(&f.cx).IsReady() {
				t.Fatal("ready")
			}
			future.Drop(next)
			send(7)
			if f.wakes != 0 {
				t.Error("woken after the wait was given up")
			}
			f.next(s, 7, nil)
			f.waits(s)
			future.Drop(s) // while it waits
			if f.wakes > 1 {
				t.Errorf("%d wake-ups by the end", f.wakes)
			}
		})
	}
}

// A receiver that stops waiting hands its turn on.
func TestSharedReceiverHandsItsTurnOn(t *testing.T) {
	tx, a := coord.MPMC[int](8)
	b := a.Clone()
	fa, fb := newFollower(t), newFollower(t)
	fa.waits(a)
	fb.waits(b)
	must(tx.TrySend(7))
	if fa.wakes != 1 || fb.wakes != 0 {
		t.Fatalf("woken %d and %d times", fa.wakes, fb.wakes)
	}
	a.StopWaiting()
	if fb.wakes != 1 {
		t.Fatal("the turn was lost")
	}
	fb.next(b, 7, nil)
	fa.waits(a)
	fb.waits(b)
	a.Drop() // leaves the line
	fb.wakes = 0
	must(tx.TrySend(8))
	if fb.wakes != 1 {
		t.Fatal("the turn is a receiver's that was dropped")
	}
	fb.next(b, 8, nil)
	b.Drop()
}

func TestBroadcastStreamTellsOfALag(t *testing.T) {
	f := newFollower(t)
	tx, rx := coord.Broadcast[int](2)
	for i := range 5 {
		must(second(tx.Send(i)))
	}
	f.next(rx, 0, coord.ErrLagged)
	f.next(rx, 3, nil)
	f.next(rx, 4, nil)
	tx.Close()
	f.next(rx, 0, future.ErrEnd)
}

func TestWatchStreamBeginsWithTheValue(t *testing.T) {
	f := newFollower(t)
	tx, rx := coord.Watch(1)
	rx.MarkChanged()
	f.next(rx, 1, nil)
	f.waits(rx)
	must(tx.Send(2))
	f.next(rx, 2, nil)
}

func TestWatchStreamOfChanges(t *testing.T) {
	f := newFollower(t)
	tx, rx := coord.Watch(1)
	f.waits(rx)
	must(tx.Send(2))
	must(tx.Send(3))
	f.next(rx, 3, nil)
}

// A value is not told twice.
func TestWatchStreamTellsAValueOnce(t *testing.T) {
	f := newFollower(t)
	tx, rx := coord.Watch(0)
	must(tx.Send(1))
	f.next(rx, 1, nil)
	f.waits(rx)
	f.wakes = 0
	must(tx.Send(2))
	if f.wakes != 1 {
		t.Errorf("woken %d times", f.wakes)
	}
	f.next(rx, 2, nil)
	f.waits(rx)
	tx.Close()
	f.next(rx, 0, future.ErrEnd)
}

func TestReceiversAllocateNothingAsStreams(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	for name, make := range receivers() {
		s, send, end := make()
		if n := testing.AllocsPerRun(100, func() {
			s.PollNext(&cx) // waits
			send(7)
			if v, err := s.PollNext(&cx).Result(); v != 7 || err != nil {
				t.Fatal(v, err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a value", name, n)
		}
		end()
	}
}

func TestStagesOverReceivers(t *testing.T) {
	tx, rx := coord.MPSC[int](8)
	s := stream.Map(stream.Filter(rx, func(v int) bool { return v%2 == 0 }), func(v int) int { return 10 * v })
	for i := range 5 {
		must(tx.TrySend(i))
	}
	tx.Close()
	if vs, err := future.BlockOn(stream.Collect(s)); !slices.Equal(vs, []int{0, 20, 40}) || err != nil {
		t.Error(vs, err)
	}
}

func ExampleReceiver_PollNext() {
	tx, rx := coord.MPSC[string](8)
	go func() {
		defer tx.Close()
		for _, v := range []string{"a", "b", "c"} {
			_ = tx.TrySend(v)
		}
	}()
	for v, err := range stream.Seq(stream.Enumerate(rx)) {
		fmt.Println(v.First, v.Second, err)
	}
	// Output:
	// 0 a <nil>
	// 1 b <nil>
	// 2 c <nil>
}
