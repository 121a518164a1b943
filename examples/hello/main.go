// Command hello is the first example of magpie's README: an async function, compiled to a state
// machine, as a task.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen

//magpie:async
func greet(co *future.Co, name string) (string, error) {
	_, err := clock.Sleep(10 * time.Millisecond).Await(co) // no goroutine, no thread waits here
	return "hello, " + name, err
}

func main() {
	rt, _ := sched.New(sched.Config{}) // one worker per core, pinned
	defer rt.Close()
	h := sched.SpawnValue[string](rt, greetAsync("world")) // greet as a state machine
	fmt.Println(h.Wait(context.Background()))
}
