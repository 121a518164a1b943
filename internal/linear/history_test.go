package linear

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// rounds is how many histories of each kind are taken.
func rounds(t *testing.T) int {
	s := os.Getenv("LINEAR_ROUNDS")
	if s == "" {
		return 500
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("LINEAR_ROUNDS=%q, want a number from 1 on", s)
	}
	return n
}

// recorder takes the operations of one thread. Calls and returns are numbered by one
// counter for all threads: its order is one in which they really happened.
type recorder struct {
	clock *atomic.Int64
	id    int
	ops   []porcupine.Operation
}

func (r *recorder) do(in any, f func() any) {
	call := r.clock.Add(1)
	out := f()
	r.ops = append(r.ops, porcupine.Operation{ClientId: r.id, Input: in, Call: call, Output: out, Return: r.clock.Add(1)})
}

// history runs the threads at once and returns what they did.
func history(threads ...func(r *recorder)) (ops []porcupine.Operation) {
	var clock, ready atomic.Int64
	var wg sync.WaitGroup
	recorders := make([]recorder, len(threads))
	for i, thread := range threads {
		recorders[i] = recorder{clock: &clock, id: i}
		wg.Go(func() {
			// Turning, not sleeping: a thread that has to be woken comes too late.
			for ready.Add(1); ready.Load() < int64(len(threads)); {
				runtime.Gosched()
			}
			thread(&recorders[i])
		})
	}
	wg.Wait()
	for _, r := range recorders {
		ops = append(ops, r.ops...)
	}
	return ops
}

// overlaps counts operations that were under way while another thread's was.
func overlaps(ops []porcupine.Operation) (n int) {
	for _, a := range ops {
		for _, b := range ops {
			if a.ClientId != b.ClientId && a.Call < b.Return && b.Call < a.Return {
				n++
				break
			}
		}
	}
	return n
}

// checker checks histories by a model. Seldom one is beyond it: a thread that loses
// its core within an operation may have done it before or after each of the many that
// others did meanwhile.
type checker struct {
	model                          porcupine.Model
	histories, undecided, overlaps int
}

// check fails the test if no order explains the history.
func (c *checker) check(t *testing.T, ops []porcupine.Operation) {
	t.Helper()
	c.histories++
	c.overlaps += overlaps(ops)
	switch porcupine.CheckOperationsTimeout(c.model, ops, 100*time.Millisecond) {
	case porcupine.Illegal:
		text := ""
		for _, op := range ops {
			text += fmt.Sprintf("thread %d, %d to %d: %s\n", op.ClientId, op.Call, op.Return, c.model.DescribeOperation(op.Input, op.Output))
		}
		t.Fatalf("no order of these operations gives these results:\n%s", text)
	case porcupine.Unknown:
		c.undecided++
	}
}

// finish fails the test if too little was checked.
func (c *checker) finish(t *testing.T) {
	t.Helper()
	t.Logf("%d histories, %d undecided, %d operations at the same time as another", c.histories, c.undecided, c.overlaps)
	if c.undecided > c.histories/5 {
		t.Errorf("%d of %d histories were too long to be checked", c.undecided, c.histories)
	}
}
