package future_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/magpie-go/magpie/future"
)

// What blocks runs on a goroutine, and not on the thread that polls.
func ExampleBlocking() {
	f := future.Async(func(co *future.Co) (bool, error) {
		_, err := future.Blocking(func() (os.FileInfo, error) { return os.Stat("no such file") }).Await(co)
		return errors.Is(err, os.ErrNotExist), nil
	})
	fmt.Println(future.BlockOn(f))
	// Output: true <nil>
}

// A pool of one's own limits how many run at once, and how many may wait.
func ExampleBlockingOn() {
	database := &future.BlockingPool{Limit: 4, Queue: 100}
	defer database.Close()
	query := func(id int) future.Future[string] {
		return future.BlockingOn(database, func() (string, error) { return fmt.Sprint("row ", id), nil })
	}
	fmt.Println(future.BlockOn(future.JoinAll(query(1), query(2))))
	fmt.Println(database.Stats().Limit, database.Stats().Refused)
	// Output:
	// [row 1 row 2] <nil>
	// 4 0
}

// A channel ends as it does for goroutines.
func ExampleFromChan() {
	ch := make(chan int, 1)
	ch <- 7
	close(ch)
	f := future.Async(func(co *future.Co) (sum int, err error) {
		for {
			v, err := future.FromChan(ch).Await(co)
			if errors.Is(err, future.ErrClosed) {
				return sum, nil
			}
			sum += v
		}
	})
	fmt.Println(future.BlockOn(f))
	// Output: 7 <nil>
}

// Tasks of a pool run while the goroutine waits for one of them.
func ExampleRunUntil() {
	pool := future.NewLocalPool()
	defer pool.Close()
	h := future.Spawn(pool, soon("from a task"))
	fmt.Println(future.RunUntil(pool, future.Map(h, func(s string) string { return "told " + s })))
	// Output: told from a task <nil>
}

// A pool takes turns with another loop, which knows when something may be ready.
func ExampleLocalPool_RunUntilStalled() {
	pool := future.NewLocalPool()
	defer pool.Close()
	var g gate
	future.Spawn(pool, future.Map(future.Box(g.Wait()), func(s string) string {
		fmt.Println(s)
		return s
	}))
	fmt.Println("tasks are left:", pool.RunUntilStalled())
	g.Open()
	fmt.Println("tasks are left:", pool.RunUntilStalled())
	// Output:
	// tasks are left: true
	// through
	// tasks are left: false
}

// A panic reaches whoever drives an async function, and keeps the stack of where it began.
func ExampleRecovered() {
	drive := func(f future.Future[int]) (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = future.Recovered(v)
			}
		}()
		_, err = future.BlockOn(f)
		return err
	}
	err := drive(future.Async(func(*future.Co) (int, error) { panic("out of luck") }))
	var p *future.PanicError
	fmt.Println(errors.As(err, &p), p.Value, len(p.Stack) > 0)
	// Output: true out of luck true
}
