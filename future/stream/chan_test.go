package stream_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

func TestFromChanHasWhatIsSent(t *testing.T) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := range 1000 {
			ch <- i
		}
	}()
	n := 0
	for v, err := range stream.Seq(stream.FromChan(ch)) {
		if v != n || err != nil {
			t.Fatalf("%d, %v; want %d", v, err, n)
		}
		n++
	}
	if n != 1000 {
		t.Errorf("%d values", n)
	}
}

func TestFromChanTakesWhatIsThere(t *testing.T) {
	k := newTask(t)
	ch := make(chan int, 2)
	ch <- 1
	ch <- 2
	s := stream.FromChan(ch)
	comes(k, s, 1)
	if len(ch) != 1 {
		t.Errorf("%d values are left in the channel; one was asked for", len(ch))
	}
	comes(k, s, 2)
	close(ch)
	ends(k, s)
}

// A wait that is given up leaves its value to the next.
func TestFromChanStopsWaiting(t *testing.T) {
	ch, woken := make(chan int), make(chan future.Unit, 1)
	cx := waker.FromWaker(waker.FromFunc(func() { woken <- future.Unit{} }))
	s := stream.FromChan(ch)
	defer future.Drop(s)
	f := future.Box(future.Next(s))
	if f.Poll(&cx).IsReady() {
		t.Fatal("ready at once")
	}
	future.Drop(f)
	ch <- 7 // the goroutine waits for it
	if v, err := future.BlockOn(future.Box(future.Next(s))); v != 7 || err != nil {
		t.Error(v, err)
	}
	if len(woken) != 0 {
		t.Error("woken after the wait was given up")
	}
}

func TestFromChanDiscardsWhatItHasReceived(t *testing.T) {
	ch, woken := make(chan *resource), make(chan future.Unit, 1)
	cx := waker.FromWaker(waker.FromFunc(func() { woken <- future.Unit{} }))
	s := stream.FromChan(ch)
	s.PollNext(&cx)
	var r resource
	ch <- &r
	<-woken
	future.Drop(s)
	future.Drop(s)
	if r.drops != 1 {
		t.Errorf("discarded %d times", r.drops)
	}
	ends(newTask(t), stream.Map(s, func(r *resource) int { return r.drops }))
}

// One that waits is dropped: its goroutine ends (goleak tells), and takes nothing.
func TestFromChanDroppedWhileItWaits(t *testing.T) {
	ch := make(chan int)
	s := stream.FromChan(ch)
	pends(newTask(t), s)
	future.Drop(s)
	ends(newTask(t), s)
}

// held is an executor's clock, which counts who holds it.
type held struct{ n atomic.Int32 }

func (h *held) Hold(bool) func() {
	h.n.Add(1)
	return func() { h.n.Add(-1) }
}

// fatal is a poll by a task whose waker calls runtime.Goexit. It tells how often that was called.
func (h *held) fatal() (*waker.Context, <-chan future.Unit) {
	called := make(chan future.Unit, 8)
	cx := waker.NewContext(waker.FromFunc(func() {
		called <- future.Unit{}
		runtime.Goexit()
	}), h, nil)
	return &cx, called
}

// free fails unless nobody holds the clock in the end.
func (h *held) free(t *testing.T) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); h.n.Load() != 0; runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatal("the clock is held")
		}
	}
}

// inTime is BlockOn of what must end.
func inTime[T any](t *testing.T, f future.Future[T]) (v T, err error) {
	t.Helper()
	ended := make(chan future.Unit)
	go func() {
		defer close(ended)
		v, err = future.BlockOn(f)
	}()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	return v, err
}

// A waker that calls runtime.Goexit ends a goroutine of FromChan, and not the stream.
func TestFromChanOutlivesAWaker(t *testing.T) {
	var h held
	ch := make(chan int)
	s := stream.FromChan(ch)
	defer future.Drop(s)
	for i := range 3 {
		cx, called := h.fatal()
		if s.PollNext(cx).IsReady() {
			t.Fatal("ready at once")
		}
		ch <- i
		<-called
		h.free(t)
		if v, err := inTime(t, future.Box(future.Next(s))); v != i || err != nil {
			t.Fatal(v, err)
		}
	}
	one := future.FromChan(ch)
	cx, called := h.fatal()
	if one.Poll(cx).IsReady() {
		t.Fatal("ready at once")
	}
	ch <- 7
	<-called
	h.free(t)
	if v, err := inTime(t, one); v != 7 || err != nil {
		t.Error(v, err)
	}
}

// So it is with ToChan.
func TestToChanOutlivesAWaker(t *testing.T) {
	var h held
	ch := make(chan int)
	op := stream.ToChan(stream.Of(0, 1, 2, 3), ch)
	for i := range 4 {
		cx, called := h.fatal()
		if op.Poll(cx).IsReady() {
			t.Fatal("ready at once")
		}
		select {
		case v := <-ch:
			if v != i {
				t.Fatalf("%d, want %d", v, i)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nothing is sent")
		}
		<-called
		h.free(t)
	}
	if _, err := inTime(t, op); err != nil {
		t.Error(err)
	}
}
