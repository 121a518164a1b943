package par_test

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

// A long poll beside a computation: nobody is idle, so the worker that computes takes what waits
// behind the poll: the task woken last, the queue, what came from outside, a timer. The poll
// ends only then, and the computation after it.
func TestAComputationRelievesALongPoll(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	const behind = 4
	ran := make(chan string, behind)
	over := make(chan struct{})
	isOver := func() bool {
		select {
		case <-over:
			return true
		default:
			return false
		}
	}
	begun, computing := make(chan struct{}), make(chan struct{})
	tell := func(what string) future.Future[future.Unit] {
		return future.Func(func(*waker.Context) future.Poll[future.Unit] {
			ran <- what
			return future.Ready(future.Unit{})
		})
	}
	poll := sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		defer close(over)
		close(begun)
		<-computing
		var timer reactor.Timer // of this worker's reactor
		timer.Reset(2 * time.Millisecond)
		timed := cx.WithWaker(waker.FromFunc(func() { ran <- "timer" }))
		timer.Poll(&timed)
		sched.Spawn(cx, tell("queue"))
		sched.Spawn(cx, tell("LIFO slot"))
		sent := make(chan struct{})
		go func() { sched.Spawn(rt, tell("inbox")); close(sent) }()
		<-sent
		missing := map[string]bool{"timer": true, "queue": true, "LIFO slot": true, "inbox": true}
		limit := time.After(20 * time.Second)
		for len(missing) > 0 {
			select {
			case what := <-ran:
				delete(missing, what)
			case <-limit:
				t.Errorf("nobody polled what was behind a long poll: %v", missing)
				return future.Ready(future.Unit{})
			}
		}
		return future.Ready(future.Unit{})
	}))
	<-begun // and not before: it would be polled on top of the computation
	par.Scope(par.On(rt), func(w *par.Worker, g *par.Group) {
		close(computing)
		for !isOver() { // one worker's, forks that nobody needs to take
			par.Join(w, func(*par.Worker) { spinFor(20 * time.Microsecond) }, func(*par.Worker) {})
		}
	})
	if _, err := poll.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	if err := rt.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func spinFor(d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}
