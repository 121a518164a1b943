package linear

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/magpie-go/magpie/deque"
)

// The operations of a deque.
type (
	push int // its output is nil
	pop  struct{}
	// steal says how it began, for the description only; it took these, or nothing.
	steal string
	// result is what a pop or a steal gave.
	result struct {
		took  []int
		empty bool
	}
)

// dequeModel is a deque as one thread sees it. Its state is the elements, oldest
// first. A steal that says Retry did nothing and promises nothing, so it is not in
// the history.
func dequeModel(fifo bool) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return []int(nil) },
		Step: func(state, in, out any) (bool, any) {
			have := state.([]int)
			switch in := in.(type) {
			case push:
				return true, append(slices.Clone(have), int(in))
			case pop:
				r, n := out.(result), len(have)
				switch {
				case r.empty:
					return n == 0, have
				case n == 0:
					return false, have
				case fifo:
					return r.took[0] == have[0], have[1:]
				default:
					return r.took[0] == have[n-1], have[:n-1]
				}
			case steal:
				r := out.(result)
				if r.empty {
					return len(have) == 0, have
				}
				n := len(r.took)
				return n <= len(have) && slices.Equal(r.took, have[:n]), have[min(n, len(have)):]
			}
			return false, have
		},
		Equal: func(a, b any) bool { return slices.Equal(a.([]int), b.([]int)) },
		DescribeOperation: func(in, out any) string {
			switch in := in.(type) {
			case push:
				return fmt.Sprintf("push %d", in)
			case pop:
				return fmt.Sprintf("pop %+v", out)
			default:
				return fmt.Sprintf("%v %+v", in, out)
			}
		},
	}
}

func owner(d *deque.Deque[int], ops int, seed uint64) func(r *recorder) {
	return func(r *recorder) {
		random := rand.New(rand.NewPCG(seed, 0))
		next := 0
		for range ops {
			if random.IntN(2) == 0 {
				next++
				r.do(push(next), func() any { d.Push(next); return nil })
				continue
			}
			r.do(pop{}, func() any {
				v, ok := d.Pop()
				return result{[]int{v}, !ok}
			})
		}
	}
}

// thief steals one at a time, or half.
func thief(s deque.Stealer[int], ops int, half bool) func(r *recorder) {
	return func(r *recorder) {
		own := deque.NewFIFO[int](0)
		for range ops {
			kind := steal("steal")
			var got deque.Steal
			attempt := func() any {
				var v int
				v, got = s.Steal()
				return result{[]int{v}, got == deque.Empty}
			}
			if half {
				kind = "steal half"
				attempt = func() any {
					var v int
					v, _, got = s.StealHalf(own)
					took := []int{v}
					for v, ok := own.Pop(); ok; v, ok = own.Pop() {
						took = append(took, v)
					}
					return result{took, got == deque.Empty}
				}
			}
			r.do(kind, attempt)
			if got == deque.Retry {
				r.ops = r.ops[:len(r.ops)-1]
			}
		}
	}
}

// apart makes a steal of several elements several steals: from a newest-first deque
// half is taken one by one, so others may come between.
func apart(ops []porcupine.Operation) (all []porcupine.Operation) {
	for _, op := range ops {
		r, ok := op.Output.(result)
		if !ok || len(r.took) < 2 {
			all = append(all, op)
			continue
		}
		for _, v := range r.took {
			one := op
			one.Output = result{[]int{v}, false}
			all = append(all, one)
		}
	}
	return all
}

func testDeque(t *testing.T, fifo bool) {
	c := checker{model: dequeModel(fifo)}
	stolen := 0
	for i := range rounds(t) {
		d := deque.NewLIFO[int](0)
		if fifo {
			d = deque.NewFIFO[int](0)
		}
		half := i%2 == 1
		ops := history(owner(d, 100, uint64(i)), thief(d.Stealer(), 40, false), thief(d.Stealer(), 40, half))
		for _, op := range ops {
			if _, ok := op.Input.(steal); ok && !op.Output.(result).empty {
				stolen++
			}
		}
		if !fifo {
			ops = apart(ops)
		}
		c.check(t, ops)
	}
	t.Logf("%d steals", stolen)
	c.finish(t)
}

func TestDequeOldestFirst(t *testing.T) { testDeque(t, true) }
func TestDequeNewestFirst(t *testing.T) { testDeque(t, false) }

// The checker must find what is wrong.
func TestDequeModelSaysNo(t *testing.T) {
	took := func(v ...int) result { return result{v, false} }
	nothing := result{empty: true}
	for _, c := range []struct {
		name string
		fifo bool
		ops  []any // input and output in turns, one after the other
	}{
		{"taken twice", true, []any{push(1), nil, pop{}, took(1), steal("steal"), took(1)}},
		{"never pushed", true, []any{push(1), nil, steal("steal"), took(2)}},
		{"lost", true, []any{push(1), nil, pop{}, nothing}},
		{"nothing, and yet something", false, []any{push(1), nil, steal("steal"), nothing, pop{}, took(1)}},
		{"the newest", true, []any{push(1), nil, push(2), nil, pop{}, took(2)}},
		{"the oldest", false, []any{push(1), nil, push(2), nil, pop{}, took(1)}},
		{"stole the newest", false, []any{push(1), nil, push(2), nil, steal("steal"), took(2)}},
		{"half with a gap", true, []any{push(1), nil, push(2), nil, push(3), nil, steal("steal half"), took(1, 3)}},
	} {
		if porcupine.CheckOperations(dequeModel(c.fifo), inTurn(c.ops)) {
			t.Errorf("%s: accepted", c.name)
		}
	}
}

// inTurn makes a history of inputs and outputs that follow each other.
func inTurn(inputsAndOutputs []any) (ops []porcupine.Operation) {
	for i := 0; i < len(inputsAndOutputs); i += 2 {
		ops = append(ops, porcupine.Operation{Input: inputsAndOutputs[i], Output: inputsAndOutputs[i+1], Call: int64(2 * i), Return: int64(2*i + 1)})
	}
	return ops
}
