package coord_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
)

// listeners are operations of one Notify that are in line.
type listeners struct {
	t   *testing.T
	hs  []*hand
	ops []*coord.NotifiedOp
}

func listen(t *testing.T, n *coord.Notify, count int) *listeners {
	l := &listeners{t: t}
	for range count {
		h, op := newHand(), n.Notified()
		pending(t, h, &op)
		l.hs, l.ops = append(l.hs, h), append(l.ops, &op)
	}
	return l
}

// told checks that listener i has been woken and is ready.
func (l *listeners) told(i int) {
	l.t.Helper()
	l.hs[i].idle(l.t, 1)
	ready(l.t, l.hs[i], l.ops[i])
}

// waits checks that listener i has not been woken and is pending.
func (l *listeners) waits(is ...int) {
	l.t.Helper()
	for _, i := range is {
		if l.hs[i].wakes.Load() != 0 {
			l.t.Errorf("%d has been woken", i)
		}
		pending(l.t, l.hs[i], l.ops[i])
	}
}

func TestNotifyKeepsAPermit(t *testing.T) {
	var n coord.Notify
	n.NotifyOne()
	h := newHand()
	op := n.Notified()
	ready(t, h, &op)
	again := n.Notified()
	pending(t, h, &again)
	n.NotifyOne()
	ready(t, h, &again)
	h.idle(t, 1)
	last := n.Notified()
	pending(t, h, &last)
	last.Drop()
}

// Several calls before anybody comes are one permit, whoever they tell.
func TestNotifyPermitsDoNotAddUp(t *testing.T) {
	for name, call := range map[string]func(*coord.Notify){"NotifyOne": (*coord.Notify).NotifyOne, "NotifyLast": (*coord.Notify).NotifyLast} {
		var n coord.Notify
		call(&n)
		call(&n)
		first, second := n.Notified(), n.Notified()
		h := newHand()
		ready(t, h, &first)
		if second.Poll(&h.cx).IsReady() {
			t.Errorf("%s: two permits of two calls", name)
		}
		second.Drop()
	}
}

func TestNotifyOneInOrder(t *testing.T) {
	var n coord.Notify
	l := listen(t, &n, 3)
	for i := range 3 {
		n.NotifyOne()
		l.told(i)
		for j := i + 1; j < 3; j++ {
			l.waits(j)
		}
	}
}

func TestNotifyLast(t *testing.T) {
	var n coord.Notify
	l := listen(t, &n, 3)
	for _, i := range []int{2, 1, 0} {
		n.NotifyLast()
		l.told(i)
	}
}

func TestNotifyAllTellsThoseThatWait(t *testing.T) {
	for _, count := range []int{0, 1, 2, 8, 9, 50} {
		var n coord.Notify
		l := listen(t, &n, count)
		n.NotifyAll()
		h := newHand()
		late := n.Notified()
		pending(t, h, &late)
		for i := range count {
			l.told(i)
		}
		n.NotifyAll()
		ready(t, h, &late)
		none := n.Notified()
		pending(t, h, &none) // no permit was left
		none.Drop()
	}
}

// Who has been told and is dropped hands its turn on: to the first, to the last, or as a permit.
func TestNotifyDroppedWaiterHandsOn(t *testing.T) {
	var n coord.Notify
	l := listen(t, &n, 3)
	n.NotifyOne()
	l.ops[0].Drop()
	l.told(1)
	l.waits(2)
	l.ops[0].Drop() // once
	l.waits(2)
	l.ops[2].Drop() // it had no turn

	l = listen(t, &n, 3)
	n.NotifyLast()
	l.ops[2].Drop()
	l.told(1)
	l.waits(0)
	n.NotifyOne()
	l.ops[0].Drop()
	h := newHand()
	op := n.Notified()
	ready(t, h, &op)
	op.Drop()
	pending(t, h, opOf(n.Notified()))
}

// Who was told by NotifyAll has nothing to hand on, also if it is told once more afterwards.
func TestNotifyDroppedAfterNotifyAll(t *testing.T) {
	var n coord.Notify
	l := listen(t, &n, 1)
	n.NotifyAll()
	l.ops[0].Drop()
	h := newHand()
	op := n.Notified()
	pending(t, h, &op)
	op.Drop()

	l = listen(t, &n, 1)
	n.NotifyAll()
	n.NotifyOne()
	l.ops[0].Drop()
	op = n.Notified()
	ready(t, h, &op) // the permit of NotifyOne

	// The other way round: the turn of NotifyOne is handed on.
	l = listen(t, &n, 2)
	n.NotifyOne()
	n.NotifyAll()
	l.ops[0].Drop()
	op = n.Notified()
	ready(t, h, &op)
	l.told(1)
}

// NotifyAll tells what was made before it, and leaves the permit alone.
func TestNotifyAllTellsTheUnpolled(t *testing.T) {
	var n coord.Notify
	h := newHand()
	op, dropped := n.Notified(), n.Notified()
	n.NotifyAll()
	n.NotifyOne()
	dropped.Drop()
	ready(t, h, &op)
	other := n.Notified()
	ready(t, h, &other)
	last := n.Notified()
	pending(t, h, &last)
	last.Drop()
}

func TestNotifyEnable(t *testing.T) {
	var n coord.Notify
	h := newHand()

	enabled, behind := n.Notified(), n.Notified()
	for range 2 {
		if enabled.Enable() {
			t.Error("told by nobody")
		}
	}
	pending(t, h, &behind)
	n.NotifyOne() // it is the first in line
	for range 2 {
		if h.wakes.Load() != 0 || !enabled.Enable() {
			t.Error("the enabled one was not told")
		}
	}
	ready(t, h, &enabled)
	pending(t, h, &behind)
	behind.Drop()

	op := n.Notified() // not enabled: it finds the permit
	n.NotifyOne()
	ready(t, h, &op)

	op = n.Notified()
	op.Enable()
	pending(t, h, &op) // with a waker from now on
	if op.Enable() {
		t.Error("told by nobody")
	}
	n.NotifyAll()
	if !op.Enable() {
		t.Error("not told by NotifyAll")
	}
	ready(t, h, &op)
	h.idle(t, 1)

	n.NotifyOne()
	first, second := n.Notified(), n.Notified()
	if !first.Enable() || second.Enable() {
		t.Error("the permit is not the first's alone")
	}
	first.Drop() // it hands the permit on
	ready(t, h, &second)

	n.NotifyOne()
	first = n.Notified()
	if !first.Enable() {
		t.Error("there was a permit")
	}
	ready(t, h, &first)
	second = n.Notified()
	pending(t, h, &second)
	second.Drop()
}

// The waker of the last poll is woken, and no other is kept.
func TestNotifyWakerIsReplaced(t *testing.T) {
	var n coord.Notify
	a, b := newHand(), newHand()
	op := n.Notified()
	pending(t, a, &op)
	pending(t, b, &op)
	a.idle(t, 0)
	n.NotifyOne()
	a.idle(t, 0)
	b.idle(t, 1)
	ready(t, b, &op)
}

// A waker that comes back, panics, or ends the goroutine that calls it, costs nobody else.
func TestNotifyWakersMayDoAnything(t *testing.T) {
	var n coord.Notify
	l := listen(t, &n, 20)
	l.hs[0].onWake = n.NotifyAll
	l.hs[3].onWake = func() { panic("a waker") }
	l.hs[9].onWake = runtime.Goexit
	var all sync.WaitGroup
	all.Go(n.NotifyAll)
	all.Wait()
	for i := range l.ops {
		l.told(i)
	}
}

// Those who come back at once are not told by the call that has woken them, nor for ever.
func TestNotifyAllTellsNobodyTwice(t *testing.T) {
	var n coord.Notify
	l := listen(t, &n, 20)
	var back []*coord.NotifiedOp
	for _, h := range l.hs {
		h.onWake = func() {
			op := n.Notified()
			if len(back) < 100 && !op.Poll(&newHand().cx).IsReady() {
				back = append(back, &op)
			}
		}
	}
	n.NotifyAll()
	if len(back) != 20 {
		t.Errorf("%d came back, want 20", len(back))
	}
	for i, op := range back {
		if op.Enable() {
			t.Fatalf("%d was told, which came after the call", i)
		}
		op.Drop()
	}
}

func TestNotifyMisuse(t *testing.T) {
	var none *coord.Notify
	for _, f := range []func(){func() { none.Notified() }, none.NotifyOne, none.NotifyLast, none.NotifyAll} {
		panics(t, f, "nil Notify")
	}
	h := newHand()
	var n coord.Notify
	n.NotifyOne()
	op := n.Notified()
	ready(t, h, &op)
	panics(t, func() { op.Poll(&h.cx) }, "NotifiedOp", "Notify.Notified")
	panics(t, func() { op.Enable() }, "NotifiedOp")
	panics(t, func() { (*coord.NotifiedOp)(nil).Drop() }, "NotifiedOp")
	panics(t, func() { (*coord.NotifiedOp)(nil).Poll(&h.cx) }, "NotifiedOp")
}

func TestNotifyAllocatesNothing(t *testing.T) {
	var n coord.Notify
	allocates(t, "a permit", func(co *future.Co) {
		n.NotifyOne()
		n.Notified().Await(co)
	})
	h, op := newHand(), new(coord.NotifiedOp)
	if allocs := testing.AllocsPerRun(100, func() {
		*op = n.Notified()
		op.Poll(&h.cx)
		n.NotifyAll()
		op.Poll(&h.cx)
	}); allocs != 0 {
		t.Errorf("NotifyAll: %v allocations", allocs)
	}
}

// One task waits for a number to grow, several count and tell it: it sees the last one, whatever
// calls are merged, and however often it gives up in between.
func TestNotifyLosesNothing(t *testing.T) {
	var n coord.Notify
	var count word.Int64
	const threads, rounds = 4, 1000
	seen := make(chan struct{})
	total := int64(threads * rounds)
	if testing.Short() {
		total /= 10
	}
	go func() {
		defer close(seen)
		for count.Load() < total {
			op := n.Notified()
			giveUpSometimes(&op)
		}
	}()
	together(t, threads, rounds, func(int, int) {
		count.Inc()
		n.NotifyOne()
	})
	select {
	case <-seen:
	case <-time.After(time.Minute):
		t.Fatal("the waiter sleeps on")
	}
}

// Tokens are handed out by NotifyOne and the line of those who wait for one: each call that found
// somebody in line reaches one, though others give up.
func TestNotifyEveryTurnIsHad(t *testing.T) {
	var n coord.Notify
	var had word.Int64
	var waiting word.Int64
	const threads = 6
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	var all sync.WaitGroup
	for range threads {
		all.Go(func() {
			for range rounds {
				op := n.Notified()
				waiting.Inc()
				if _, ok := giveUpSometimes(&op); ok {
					had.Inc()
				}
				waiting.Dec()
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for limit := time.Now().Add(time.Minute); ; runtime.Gosched() {
		select {
		case <-done:
			if had.Load() == 0 {
				t.Error("nobody was told")
			}
			return
		default:
		}
		n.NotifyOne()
		if time.Now().After(limit) {
			t.Fatalf("%d still wait", waiting.Load())
		}
	}
}

// Every waiter of each round is told by one NotifyAll.
func TestNotifyAllFromThreads(t *testing.T) {
	const threads = 6
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	for range rounds {
		var n coord.Notify
		var all, made sync.WaitGroup
		made.Add(threads)
		for range threads {
			all.Go(func() {
				op := n.Notified()
				made.Done()
				if _, err := future.BlockOn[future.Unit](&op); err != nil {
					t.Error(err)
				}
			})
		}
		made.Wait()
		n.NotifyAll()
		all.Wait()
	}
}
