package coord_test

import (
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
