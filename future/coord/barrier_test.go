package coord_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/sched"
)

func TestBarrierOfOne(t *testing.T) {
	b := coord.NewBarrier(1)
	for range 3 {
		if !ready(t, newHand(), opOf(b.Wait())) {
			t.Error("not its own leader")
		}
	}
}

func TestBarrierOfTwo(t *testing.T) {
	b := coord.NewBarrier(2)
	for range 3 {
		h := newHand()
		first, second := b.Wait(), b.Wait()
		pending(t, h, &first)
		pending(t, h, &first)
		if !ready(t, newHand(), &second) {
			t.Error("the last one is not the leader")
		}
		h.idle(t, 1)
		if ready(t, h, &first) {
			t.Error("two leaders")
		}
	}
}

func TestBarrierOfMany(t *testing.T) {
	const size = 100
	b := coord.NewBarrier(size)
	for range 10 {
		var hs []*hand
		var ops []*coord.BarrierOp
		for range size - 1 {
			h, op := newHand(), b.Wait()
			pending(t, h, &op)
			hs, ops = append(hs, h), append(ops, &op)
		}
		for i, op := range ops {
			pending(t, hs[i], op)
		}
		leaders := 0
		if ready(t, newHand(), opOf(b.Wait())) {
			leaders++
		}
		for i, op := range ops {
			hs[i].idle(t, 1)
			if ready(t, hs[i], op) {
				leaders++
			}
		}
		if leaders != 1 {
			t.Errorf("%d leaders", leaders)
		}
	}
}

// Who gives up before its round is complete has not arrived; who gives up later has.
func TestBarrierDroppedWaiter(t *testing.T) {
	b := coord.NewBarrier(3)
	h, gone := newHand(), newHand()
	first, leaver, unpolled := b.Wait(), b.Wait(), b.Wait()
	pending(t, h, &first)
	pending(t, gone, &leaver)
	leaver.Drop()
	leaver.Drop()
	unpolled.Drop()
	gone.idle(t, 0)
	second, third := b.Wait(), b.Wait()
	pending(t, gone, &second)
	if !ready(t, newHand(), &third) {
		t.Error("the third is not the last")
	}
	second.Drop() // it has passed
	ready(t, h, &first)

	// The next round is whole.
	a, c := b.Wait(), b.Wait()
	pending(t, h, &a)
	pending(t, h, &c)
	ready(t, newHand(), opOf(b.Wait()))
	ready(t, h, &a)
	ready(t, h, &c)
}

// Those who come back at once wait in the next round, though the wakers of this one are still being
// called; and one of these ends the goroutine that calls it.
func TestBarrierWakersMayDoAnything(t *testing.T) {
	const size = 21
	b := coord.NewBarrier(size)
	var hs []*hand
	var ops, back []*coord.BarrierOp
	for i := range size - 1 {
		h, op := newHand(), b.Wait()
		pending(t, h, &op)
		h.onWake = func() {
			again := b.Wait()
			pending(t, newHand(), &again)
			back = append(back, &again)
			if i == 2 {
				runtime.Goexit()
			}
		}
		hs, ops = append(hs, h), append(ops, &op)
	}
	var all sync.WaitGroup
	last := b.Wait()
	all.Go(func() { last.Poll(&newHand().cx) })
	all.Wait()
	for i, op := range ops {
		hs[i].idle(t, 1)
		ready(t, hs[i], op)
	}
	if len(back) != size-1 {
		t.Fatalf("%d came back", len(back))
	}
	for _, op := range back {
		pending(t, newHand(), op)
	}
	ready(t, newHand(), opOf(b.Wait()))
	for _, op := range back {
		ready(t, newHand(), op)
	}
}

func TestBarrierMisuse(t *testing.T) {
	for _, n := range []int{0, -1} {
		panics(t, func() { coord.NewBarrier(n) }, "NewBarrier", "tasks")
	}
	panics(t, func() { (*coord.Barrier)(nil).Wait() }, "Barrier", "NewBarrier")
	panics(t, func() { new(coord.Barrier).Wait() }, "Barrier", "NewBarrier")
	op := coord.NewBarrier(1).Wait()
	h := newHand()
	ready(t, h, &op)
	panics(t, func() { op.Poll(&h.cx) }, "BarrierOp")
	panics(t, func() { (*coord.BarrierOp)(nil).Drop() }, "BarrierOp")
}

func TestBarrierAllocatesNothing(t *testing.T) {
	b := coord.NewBarrier(2)
	h, op := newHand(), new(coord.BarrierOp)
	allocates(t, "Wait", func(co *future.Co) {
		*op = b.Wait()
		op.Poll(&h.cx)
		b.Wait().Await(co)
		op.Poll(&h.cx)
	})
}

// No task is in a round before all have ended the one before.
func TestBarrierBetweenTasks(t *testing.T) {
	const size, rounds = 8, 200
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	b := coord.NewBarrier(size)
	var arrived, leaders word.Int32
	var tasks []sched.JoinHandle[future.Unit]
	for range size {
		tasks = append(tasks, sched.Spawn(rt, future.Async(func(co *future.Co) (future.Unit, error) {
			for round := range rounds {
				arrived.Inc()
				leader, err := b.Wait().Await(co)
				if err != nil {
					return future.Unit{}, err
				}
				if leader {
					leaders.Inc()
				}
				if n := int(arrived.Load()); n < size*(round+1) || n > size*(round+2) {
					t.Errorf("round %d ended after %d arrivals", round, n)
				}
			}
			return future.Unit{}, nil
		})))
	}
	for _, task := range tasks {
		if _, err := task.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if leaders.Load() != rounds {
		t.Errorf("%d leaders of %d rounds", leaders.Load(), rounds)
	}
}

// Threads arrive and give up at random; as many rounds are complete as were led, and nobody is left
// behind.
func TestBarrierFromThreads(t *testing.T) {
	const size, threads = 2, 6
	b := coord.NewBarrier(size)
	var passed, led word.Int64
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	var all sync.WaitGroup
	for range threads {
		all.Go(func() {
			for range rounds {
				op := b.Wait()
				if leader, ok := giveUpSometimes(&op); ok {
					passed.Inc()
					if leader {
						led.Inc()
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for { // one more, for when a single thread is left
		select {
		case <-done:
			if led.Load() == 0 || passed.Load() > size*led.Load() {
				t.Errorf("%d passed in %d rounds", passed.Load(), led.Load())
			}
			return
		default:
			op := b.Wait()
			for n := 0; ; n++ {
				if p := op.Poll(&newHand().cx); p.IsReady() {
					if leader, _ := p.Result(); leader {
						led.Inc()
					}
					passed.Inc()
					break
				}
				if n == 100 {
					op.Drop()
					break
				}
				runtime.Gosched()
			}
		}
	}
}
