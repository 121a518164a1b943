package stream_test

import (
	"fmt"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

func TestToChanSendsAll(t *testing.T) {
	for _, room := range []int{0, 1, 7} {
		ch := make(chan int, room)
		got := make(chan int)
		go func() {
			n := 0
			for v := range ch {
				if v != n {
					t.Errorf("received %d, want %d", v, n)
				}
				n++
			}
			got <- n
		}()
		_, err := future.BlockOn(stream.ToChan(upTo(1000), ch))
		close(ch)
		if n := <-got; n != 1000 || err != nil {
			t.Errorf("with room for %d: %d values, %v", room, n, err)
		}
	}
}

func TestToChanFails(t *testing.T) {
	ch := make(chan int, 8)
	src := new(source[int]).send(1).fail(errTest).send(2)
	if _, err := isReady(newTask(t), stream.ToChan(src, ch)); err != errTest || len(ch) != 1 || src.dropped != 1 {
		t.Errorf("%v, %d were sent, dropped %d times", err, len(ch), src.dropped)
	}
}

// While the channel is full nothing is asked for; what could not be sent is discarded.
func TestToChanDropped(t *testing.T) {
	k := newTask(t)
	ch := make(chan *end)
	a, b := newEnd(), newEnd()
	src := new(source[*end]).send(a, b)
	f := stream.ToChan(src, ch)
	isPending(k, f)
	isPending(k, f)
	if len(src.items) != 1 {
		t.Errorf("%d are left", len(src.items))
	}
	f.Drop()
	f.Drop()
	<-a.over // by the goroutine
	if src.dropped != 1 {
		t.Errorf("dropped %d times", src.dropped)
	}
	mustPanic(t, func() { f.Poll(&k.cx) }, "stream: ToChan polled after Ready")
}

// end tells when it is discarded, by whatever goroutine.
type end struct{ over chan future.Unit }

func newEnd() *end { return &end{make(chan future.Unit)} }

func (e *end) Drop() { close(e.over) }

func TestToChanWakesWhenThereIsRoom(t *testing.T) {
	woken := make(chan future.Unit, 1)
	cx := waker.FromWaker(waker.FromFunc(func() { woken <- future.Unit{} }))
	ch := make(chan int)
	src := new(source[int]).send(1).end()
	f := stream.ToChan(src, ch)
	if f.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	if v := <-ch; v != 1 {
		t.Error(v)
	}
	<-woken
	if p := f.Poll(&cx); p.IsPending() || p.Err() != nil {
		t.Error("not at its end")
	}
}

func ExampleToChan() {
	ch := make(chan int)
	go func() {
		defer close(ch)
		_, _ = future.BlockOn(stream.ToChan(stream.Of(1, 2, 3), ch))
	}()
	for v := range ch {
		fmt.Println(v)
	}
	// Output:
	// 1
	// 2
	// 3
}
