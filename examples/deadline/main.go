// Command deadline is a pool that computes with a deadline: how many ways there are to put n queens on a
// board, for larger and larger boards, as far as the time given to each allows. Beside goroutines
// that are limited by a semaphore and look at a context, the same by fork-join on magpie's workers.
//
//	go run ./examples/deadline          # sched/par
//	go run ./examples/deadline -plain   # goroutines
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"time"
)

func main() {
	limit := flag.Duration("limit", time.Second, "how long each board may take")
	plain := flag.Bool("plain", false, "goroutines and a semaphore")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("deadline: %q is no flag; see -help", flag.Arg(0))
	}
	start := startMagpie
	if *plain {
		start = startPlain
	}
	count, stop, err := start()
	if err != nil {
		log.Fatal("deadline: ", err)
	}
	defer stop()
	for n, late := 8, false; !late && n < 32; n++ {
		ctx, cancel := context.WithTimeout(context.Background(), *limit)
		began := time.Now()
		ways, err := count(ctx, n)
		cancel()
		if late = err != nil; late {
			fmt.Printf("%2d queens: %v\n", n, err)
			continue
		}
		fmt.Printf("%2d queens: %d ways, in %v\n", n, ways, time.Since(began).Round(time.Microsecond))
	}
}

// counter returns how many ways there are to put n queens on a board of n by n; or, once ctx is
// done, the cause of that.
type counter func(ctx context.Context, n int) (ways int, err error)

// board is what the next row may use: a bit for each column that is taken, directly or by one of
// the two diagonals.
type board struct{ n, rows, columns, left, right int }

// next calls f with the board after each queen that may stand in the next row.
func (b board) next(f func(b board)) {
	for free := (1<<b.n - 1) &^ (b.columns | b.left | b.right); free != 0; free &= free - 1 {
		q := free & -free
		f(board{b.n, b.rows + 1, b.columns | q, (b.left | q) << 1, (b.right | q) >> 1})
	}
}

// alone counts the ways to go on from b without help.
func (b board) alone() (ways int) {
	if b.rows == b.n {
		return 1
	}
	b.next(func(b board) { ways += b.alone() })
	return ways
}
