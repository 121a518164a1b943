// Command sleeps has 10,000 sleeps that each race with one signal to stop: a select with a timer and a
// channel for a goroutine, [future.Select2] for a task. A task that waits is its machine and a timer,
// and no goroutine.
//
//	go run ./examples/sleeps          # tasks
//	go run ./examples/sleeps -plain   # goroutines
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"time"
)

func main() {
	n := flag.Int("n", 10_000, "how many sleeps, of up to a second each")
	after := flag.Duration("after", 500*time.Millisecond, "when those that still sleep are stopped")
	plain := flag.Bool("plain", false, "goroutines and channels")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("sleeps: %q is no flag; see -help", flag.Arg(0))
	}
	sleep := sleepMagpie
	if *plain {
		sleep = sleepPlain
	}
	began := time.Now()
	slept, err := sleep(durations(*n), *after)
	if err != nil {
		log.Fatal("sleeps: ", err)
	}
	fmt.Printf("%d slept to their end, %d were stopped, after %v\n", slept, *n-slept, time.Since(began).Round(time.Millisecond))
}

// durations returns n times below a second.
func durations(n int) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = rand.N(time.Second)
	}
	return all
}
