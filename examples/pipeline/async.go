package main

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/stream"
)

//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen

// totals is what a shop has sold.
type totals struct {
	orders, items int
	late          bool // the shop closed with orders under way
}

// sell takes orders from a channel until it is closed, or until closing is ready.
//
//magpie:async
func sell(co *future.Co, orders *coord.Receiver[order], closing *future.Fused[future.Unit]) (totals, error) {
	var sum totals
	// A pipeline: what costs nothing is left out, three deliveries are under way at a time.
	paid := stream.Filter(orders, func(o order) bool { return o.items > 0 })
	delivered := stream.Buffered(stream.Map(paid, deliver), 3)
	defer future.Drop(delivered)
	for {
		first, err := future.Select2(future.Ref(closing), future.Next(delivered)).Await(co)
		switch {
		case first.Which == 0:
			sum.late = true
			return sum, err
		case err == future.ErrEnd:
			return sum, nil
		case err != nil:
			return sum, fmt.Errorf("delivery: %w", err)
		}
		sum.orders++
		sum.items += first.Second
	}
}

// open asks three suppliers at once, and takes the values of all of them.
//
//magpie:async
func open(co *future.Co, a, b, c future.Future[int]) (int, error) {
	all, err := future.TryJoin3(future.Of(a), future.Of(b), future.Of(c)).Await(co)
	if err != nil {
		return 0, errors.Join(errClosed, err)
	}
	return all.First + all.Second + all.Third, nil
}

var errClosed = errors.New("the shop stays closed")

// count sums a stream up, one item after another, and takes its time over each. The test measures it: an
// item costs no allocation, compiled or not.
//
//magpie:async
func count(co *future.Co, s future.Stream[int]) (int, error) {
	sum := 0
	for {
		v, err := future.Next(s).Await(co)
		if err == future.ErrEnd {
			return sum, nil
		}
		if err != nil {
			return sum, err
		}
		first, err := future.Select3(future.Yield(), future.Never[int](), future.Never[string]()).Await(co)
		if err != nil {
			return sum, err
		}
		if _, err := future.Join3(future.Yield(), future.Yield(), future.Yield()).Await(co); err != nil {
			return sum, err
		}
		sum += v + first.Which
	}
}
