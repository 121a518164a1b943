package coord_test

import (
	"context"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// What would put a worker to sleep fails there, and is done if it does not have to wait.
func TestChannelBlockingOnAWorker(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { fails(t, rt.Shutdown(context.Background()), nil) }()
	tx, rx := coord.MPSC[int](1)
	_, wrx := coord.Watch(1)
	_, orx := coord.Oneshot[int]()
	_, brx := coord.Broadcast[int](1)
	h := sched.Spawn(rt, future.Func(func(*waker.Context) future.Poll[future.Unit] {
		ctx := context.Background()
		_, err := rx.BlockingRecv(ctx)
		fails(t, err, future.ErrOnWorker)
		fails(t, tx.BlockingSend(ctx, 1), nil)
		fails(t, tx.BlockingSend(ctx, 2), future.ErrOnWorker)
		v, err := rx.BlockingRecv(ctx)
		result(t, v, err, 1, nil)
		fails(t, wrx.BlockingChanged(ctx), future.ErrOnWorker)
		_, err = orx.BlockingRecv(ctx)
		fails(t, err, future.ErrOnWorker)
		_, err = brx.BlockingRecv(ctx)
		fails(t, err, future.ErrOnWorker)
		return future.Ready(future.Unit{})
	}))
	_, err = h.Wait(context.Background())
	fails(t, err, nil)
}

// Tasks on several workers, through all kinds of channels at once, end with what was sent.
func TestChannelsBetweenTasks(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { fails(t, rt.Shutdown(context.Background()), nil) }()
	count := 20000
	if testing.Short() {
		count = 2000
	}
	for _, capacity := range []int{1, 10} {
		tx, rx := coord.MPSC[int](capacity)
		for range 3 {
			sched.Spawn[future.Unit](rt, &producer{tx: tx.Clone(), left: count})
		}
		tx.Close()
		n, err := sched.Spawn[int](rt, &consumer{rx: rx}).Wait(context.Background())
		result(t, n, err, 3*count, nil)

		tx, shared := coord.MPMC[int](capacity)
		for range 2 {
			sched.Spawn[future.Unit](rt, &producer{tx: tx.Clone(), left: count})
		}
		tx.Close()
		one := sched.Spawn[int](rt, &consumer{rx: shared.Clone()})
		two := sched.Spawn[int](rt, &consumer{rx: shared})
		a, err := one.Wait(context.Background())
		fails(t, err, nil)
		b, err := two.Wait(context.Background())
		result(t, a+b, err, 2*count, nil)
	}
}
