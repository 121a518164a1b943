package main

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// startPlain returns a counter that has a goroutine for each board of which enough is left, as many
// at once as there are processors.
func startPlain() (count counter, stop func() error, err error) {
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	return func(ctx context.Context, n int) (int, error) {
		var ways atomic.Int64
		var group sync.WaitGroup
		placePlain(ctx, board{n: n}, slots, &group, &ways)
		group.Wait()
		return int(ways.Load()), context.Cause(ctx)
	}, func() error { return nil }, nil
}

// placePlain counts the ways of a board.
func placePlain(ctx context.Context, b board, slots chan struct{}, group *sync.WaitGroup, ways *atomic.Int64) {
	if ctx.Err() != nil {
		return
	}
	if b.n-b.rows <= 6 { // some 10 µs
		ways.Add(int64(b.alone()))
		return
	}
	b.next(func(b board) {
		select {
		case slots <- struct{}{}:
			group.Go(func() {
				defer func() { <-slots }()
				placePlain(ctx, b, slots, group, ways)
			})
		default: // as many run as may: this one goes on itself
			placePlain(ctx, b, slots, group, ways)
		}
	})
}
