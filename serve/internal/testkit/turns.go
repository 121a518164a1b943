package testkit

import (
	"context"
	"net"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Turns runs a server on a single worker beside a task that is always ready and looks at how far the server has come. It has client
// send many requests, and wait for the answers; then it fails unless the server has answered most of them at most in a poll, and
// has left the worker to its neighbour in between, as a task of low priority does. (The lane may have its turn just as a poll has
// ended, so two polls may follow one another.)
func Turns(t testing.TB, run func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error,
	answered func() int64, most int64, client func(addr string)) {
	t.Helper()
	var n neighbour
	n.answered = answered
	var over sched.JoinHandle[future.Unit]
	addr, stop := Serve(t, 1, func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
		looks, end := context.WithCancel(ctx)
		defer end()
		n.over = looks.Done()
		over = sched.Spawn(rt, &n)
		return run(ctx, rt, network, address, ready)
	})
	client(addr)
	if err := stop(); err != nil {
		t.Error(err)
	}
	_, _ = over.Wait(context.Background())
	if n.jump > 2*most {
		t.Errorf("%d requests were answered between two polls of the neighbour, want %d at most", n.jump, 2*most)
	}
	if n.turns < 2 || n.between < int64(n.turns)/2*60 {
		t.Errorf("%d turns, and the neighbour had %d meanwhile; want 60 for each", n.turns, n.between)
	}
}

// neighbour is a task that is always ready.
type neighbour struct {
	answered func() int64
	over     <-chan struct{}
	last     int64
	jump     int64 // the most that was answered between two polls
	turns    int   // in which something was
	polls    int64
	first    int64 // of polls, in the first turn
	between  int64 // polls since then, up to the last turn
}

// Poll implements future.Future.
func (n *neighbour) Poll(cx *waker.Context) future.Poll[future.Unit] {
	n.polls++
	if now := n.answered(); now > n.last {
		if n.turns++; n.turns == 1 {
			n.first = n.polls
		}
		n.jump = max(n.jump, now-n.last)
		n.between = n.polls - n.first
		n.last = now
	}
	select {
	case <-n.over:
		return future.Ready(future.Unit{})
	default:
		cx.PollAgain()
		return future.Pending[future.Unit]()
	}
}
