package ongo

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// ParkedShared has goroutines wait on one channel.
func ParkedShared(r *measure.Run) {
	twoProcs()
	var started atomic.Int64
	shared := make(chan struct{})
	measure.Parked(r, func() {
		go func() {
			started.Add(1)
			<-shared
		}()
	}, started.Load)
}

// ParkedOwn has each goroutine wait on its own channel, which, with the slice that holds
// it, is counted.
func ParkedOwn(r *measure.Run) {
	twoProcs()
	var started atomic.Int64
	var own []chan struct{}
	measure.Parked(r, func() {
		ch := make(chan struct{})
		own = append(own, ch)
		go func() {
			started.Add(1)
			<-ch
		}()
	}, started.Load)
	runtime.KeepAlive(own)
}

// park starts n goroutines that wait for gate to be closed and returns when all do.
func park(n int) (gate chan struct{}) {
	var started atomic.Int64
	gate = make(chan struct{})
	for range n {
		go func() {
			started.Add(1)
			<-gate
		}()
	}
	for started.Load() < int64(n) {
		time.Sleep(time.Millisecond)
	}
	return gate
}
