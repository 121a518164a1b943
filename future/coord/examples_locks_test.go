package coord_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

// Two tasks count in turns, each with an await between reading and writing.
func ExampleMutex() {
	var mu coord.Mutex
	n := 0
	count := func() future.Future[future.Unit] {
		return future.Async(func(co *future.Co) (future.Unit, error) {
			for range 100 {
				g, err := mu.Lock().Await(co)
				if err != nil {
					return future.Unit{}, err
				}
				before := n
				co.Yield()
				n = before + 1
				g.Unlock()
			}
			return future.Unit{}, nil
		})
	}
	_, err := future.BlockOn(future.JoinAll(count(), count()))
	fmt.Println(n, err)
	// Output: 200 <nil>
}

// At most two of five tasks are inside at a time.
func ExampleNewSemaphore() {
	sem := coord.NewSemaphore(2)
	inside, most := 0, 0
	var tasks []future.Future[future.Unit]
	for range 5 {
		tasks = append(tasks, future.Async(func(co *future.Co) (future.Unit, error) {
			permit, err := sem.Acquire(1).Await(co)
			if err != nil {
				return future.Unit{}, err
			}
			defer permit.Release()
			inside++
			most = max(most, inside)
			co.Yield()
			inside--
			return future.Unit{}, nil
		}))
	}
	_, err := future.BlockOn(future.JoinAll(tasks...))
	fmt.Println(most, sem.Available(), err)
	// Output: 2 2 <nil>
}

// One task waits for a list to have something in it, another one puts it there.
func ExampleNotify() {
	var (
		more coord.Notify
		list []string
	)
	consumer := future.Async(func(co *future.Co) (string, error) {
		for len(list) == 0 {
			if _, err := more.Notified().Await(co); err != nil {
				return "", err
			}
		}
		return list[0], nil
	})
	producer := future.Async(func(co *future.Co) (string, error) {
		list = append(list, "a letter")
		more.NotifyOne()
		return "sent", nil
	})
	got, err := future.BlockOn(future.JoinAll(consumer, producer))
	fmt.Println(got, err)
	// Output: [a letter sent] <nil>
}

// A task that would wait for ever ends when its token is cancelled.
func ExampleNewCancelToken() {
	root := coord.NewCancelToken()
	token := root.Child()
	defer token.Cancel()
	never := future.FromChan(make(chan int))
	task := future.Box(coord.RunUntilCancelled(token, never))
	stop := future.Async(func(co *future.Co) (int, error) {
		co.Yield()
		root.Cancel() // and with it the child
		return 0, nil
	})
	_, err := future.BlockOn(future.Box(future.Join(future.Of(task), future.Of(stop))))
	fmt.Println(err, token.IsCancelled())
	// Output: coord: cancelled by its CancelToken true
}

func ExampleRunUntilCancelled() {
	token := coord.NewCancelToken()
	n, err := future.BlockOn(future.Box(coord.RunUntilCancelled(token, future.Of(future.Value(7)))))
	fmt.Println(n, err)
	token.Cancel()
	n, err = future.BlockOn(future.Box(coord.RunUntilCancelled(token, future.Of(future.Value(7)))))
	fmt.Println(n, errors.Is(err, coord.ErrCancelled), errors.Is(err, context.Canceled))
	// Output:
	// 7 <nil>
	// 0 true true
}

// A context is made a token, and a token a context.
func ExampleCancelTokenOf() {
	ctx, cancel := context.WithCancel(context.Background())
	token, stop := coord.CancelTokenOf(ctx)
	defer stop()
	inner, done := token.Context(context.Background())
	defer done()
	cancel()
	<-inner.Done()
	fmt.Println(token.IsCancelled(), context.Cause(inner))
	// Output: true coord: cancelled by its CancelToken
}

// Three tasks end, and then the wait for them.
func ExampleTaskTracker() {
	var tracker coord.TaskTracker
	pool := future.NewLocalPool()
	ended := 0
	for range 3 {
		task := future.Async(func(co *future.Co) (future.Unit, error) {
			co.Yield()
			ended++
			return future.Unit{}, nil
		})
		future.Spawn(pool, future.Box(coord.Track(&tracker, future.Of(task))))
	}
	tracker.Close()
	_, err := future.RunUntil(pool, future.Box(tracker.Wait()))
	fmt.Println(ended, tracker.Len(), err)
	// Output: 3 0 <nil>
}

// Readers share, a writer is alone, and makes room for readers when it has written.
func ExampleRWLock() {
	var l coord.RWLock
	g, err := future.BlockOn(future.Box(l.Write()))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := g.Downgrade()
	other, ok := l.TryRead()
	_, writes := l.TryWrite()
	fmt.Println(ok, writes)
	r.Unlock()
	other.Unlock()
	// Output: true false
}

func ExampleNewRWLock() {
	l := coord.NewRWLock(1)
	g, _ := l.TryRead()
	_, ok := l.TryRead()
	fmt.Println(ok)
	g.Unlock()
	// Output: false
}

// Three tasks wait for each other; one is the leader.
func ExampleNewBarrier() {
	barrier := coord.NewBarrier(3)
	arrived := 0
	var tasks []future.Future[bool]
	for range 3 {
		tasks = append(tasks, future.Async(func(co *future.Co) (bool, error) {
			arrived++
			leader, err := barrier.Wait().Await(co)
			if arrived != 3 {
				fmt.Println("too early")
			}
			return leader, err
		}))
	}
	leaders, err := future.BlockOn(future.JoinAll(tasks...))
	fmt.Println(leaders, err)
	// Output: [false false true] <nil>
}

// The value is made once, however many ask for it.
func ExampleGetOrInit() {
	var cell coord.OnceCell[string]
	connect := func() future.Future[string] {
		return future.Async(func(co *future.Co) (string, error) {
			fmt.Println("connecting")
			co.Yield()
			return "a connection", nil
		})
	}
	user := func() future.Future[string] { return future.Box(coord.GetOrInit(&cell, future.Of(connect()))) }
	got, err := future.BlockOn(future.JoinAll(user(), user()))
	fmt.Println(got, err)
	// Output:
	// connecting
	// [a connection a connection] <nil>
}

func ExampleOnceCell() {
	var cell coord.OnceCell[int]
	fmt.Println(cell.Set(1), cell.Set(2))
	fmt.Println(future.BlockOn(future.Box(cell.Wait())))
	// Output:
	// <nil> coord: the OnceCell has a value already
	// 1 <nil>
}

// One task waits until another one has put something where the Mutex protects it.
func ExampleCond() {
	var (
		mu   coord.Mutex
		cond coord.Cond
		list []int
	)
	take := future.Async(func(co *future.Co) (int, error) {
		g, err := mu.Lock().Await(co)
		for err == nil && len(list) == 0 {
			g, err = cond.Wait(g).Await(co)
		}
		if err != nil {
			return 0, err
		}
		defer g.Unlock()
		return list[0], nil
	})
	put := future.Async(func(co *future.Co) (int, error) {
		g, err := mu.Lock().Await(co)
		if err != nil {
			return 0, err
		}
		list = append(list, 7)
		g.Unlock()
		cond.Signal()
		return 0, nil
	})
	got, err := future.BlockOn(future.JoinAll(take, put))
	fmt.Println(got, err)
	// Output: [7 0] <nil>
}
