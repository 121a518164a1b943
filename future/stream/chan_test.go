package stream_test

import (
	"testing"

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
