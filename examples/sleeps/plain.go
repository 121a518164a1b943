package main

import (
	"sync"
	"sync/atomic"
	"time"
)

// sleepPlain sleeps in a goroutine each, and returns how many were not stopped.
func sleepPlain(all []time.Duration, after time.Duration) (int, error) {
	stop := make(chan struct{})
	defer time.AfterFunc(after, func() { close(stop) }).Stop()
	var slept atomic.Int64
	var naps sync.WaitGroup
	for _, d := range all {
		naps.Go(func() {
			if napPlain(d, stop) {
				slept.Add(1)
			}
		})
	}
	naps.Wait()
	return int(slept.Load()), nil
}

// napPlain sleeps, and reports whether nothing has stopped it.
func napPlain(d time.Duration, stop <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-stop:
		return false
	}
}
