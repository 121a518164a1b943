package main

import (
	"context"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

// sleepMagpie sleeps in a task each, and returns how many were not stopped.
//
//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen
func sleepMagpie(all []time.Duration, after time.Duration) (slept int, err error) {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		return 0, err
	}
	defer rt.Close()
	stop := coord.NewCancelToken()
	defer time.AfterFunc(after, stop.Cancel).Stop()
	naps := make([]sched.JoinHandle[bool], len(all))
	for i, d := range all {
		naps[i] = sched.SpawnValue[bool](rt, napAsync(d, stop))
	}
	for _, n := range naps {
		whole, err := n.Wait(context.Background())
		if err != nil {
			return 0, err
		}
		if whole {
			slept++
		}
	}
	return slept, nil
}

// nap sleeps, and reports whether nothing has stopped it. Any number of tasks wait for one token.
//
//magpie:async
func nap(co *future.Co, d time.Duration, stop *coord.CancelToken) (bool, error) {
	e, err := future.Select2(clock.Sleep(d), stop.Cancelled()).Await(co)
	return e.Which == 0, err
}
