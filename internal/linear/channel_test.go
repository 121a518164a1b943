package linear

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/magpie-go/magpie/future/coord"
)

// The operations of a channel that do not wait.
type (
	sendTo   int      // its output is whether there was room
	recvFrom struct{} // its output is the value, or nothing
)

const nothing = -1

// channelModel is a channel with room for so many values, as one thread sees it.
func channelModel(capacity int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return []int(nil) },
		Step: func(state, in, out any) (bool, any) {
			have := state.([]int)
			switch in := in.(type) {
			case sendTo:
				if !out.(bool) {
					return len(have) == capacity, have
				}
				return len(have) < capacity, append(slices.Clone(have), int(in))
			case recvFrom:
				if len(have) == 0 {
					return out.(int) == nothing, have
				}
				return out.(int) == have[0], have[1:]
			}
			return false, have
		},
		Equal:             func(a, b any) bool { return slices.Equal(a.([]int), b.([]int)) },
		DescribeOperation: func(in, out any) string { return fmt.Sprintf("%T %v: %v", in, in, out) },
	}
}

func sending(tx *coord.Sender[int], from, n int) func(r *recorder) {
	return func(r *recorder) {
		for i := range n {
			r.do(sendTo(from+i), func() any { return tx.TrySend(from+i) == nil })
		}
	}
}

func receiving(recv func() (int, error), n int) func(r *recorder) {
	return func(r *recorder) {
		for range n {
			r.do(recvFrom{}, func() any {
				v, err := recv()
				if errors.Is(err, coord.ErrEmpty) {
					return nothing
				}
				return v
			})
		}
	}
}

func TestMPSC(t *testing.T) {
	const capacity = 3
	c := checker{model: channelModel(capacity)}
	for range rounds(t) {
		tx, rx := coord.MPSC[int](capacity)
		c.check(t, history(sending(tx, 100, 40), sending(tx, 200, 40), receiving(rx.TryRecv, 70)))
	}
	c.finish(t)
}

func TestMPMC(t *testing.T) {
	const capacity = 3
	c := checker{model: channelModel(capacity)}
	for range rounds(t) {
		tx, rx := coord.MPMC[int](capacity)
		c.check(t, history(sending(tx, 100, 40), sending(tx, 200, 40), receiving(rx.TryRecv, 40), receiving(rx.TryRecv, 40)))
	}
	c.finish(t)
}

func TestChannelModelSaysNo(t *testing.T) {
	for name, ops := range map[string][]any{
		"lost":           {sendTo(1), true, recvFrom{}, nothing},
		"received twice": {sendTo(1), true, recvFrom{}, 1, recvFrom{}, 1},
		"out of order":   {sendTo(1), true, sendTo(2), true, recvFrom{}, 2},
		"too many":       {sendTo(1), true, sendTo(2), true, sendTo(3), true},
		"not full":       {sendTo(1), true, sendTo(2), false},
	} {
		if porcupine.CheckOperations(channelModel(2), inTurn(ops)) {
			t.Errorf("%s: accepted", name)
		}
	}
}
