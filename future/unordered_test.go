package future_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// door is a future that is ready when it was opened.
type door struct {
	value   int
	err     error
	open    bool
	polls   int
	dropped int
	waker   waker.Waker
}

func (g *door) Poll(cx *waker.Context) future.Poll[int] {
	g.polls++
	if !g.open {
		g.waker = cx.Waker()
		return future.Pending[int]()
	}
	return future.Done(g.value, g.err)
}

func (g *door) Drop() { g.dropped++ }

func (g *door) pass() {
	g.open = true
	g.waker.WakeByRef()
}

// doors fills a set with n of them, valued 0 to n-1.
func doors(u *future.Unordered[int], n int) (all []*door) {
	for i := range n {
		g := &door{value: i}
		all = append(all, g)
		u.Push(g)
	}
	return all
}

func TestUnorderedComesInTheOrderOfEnds(t *testing.T) {
	var u future.Unordered[int]
	wakes := 0
	cx := waker.FromWaker(waker.FromFunc(func() { wakes++ }))
	all := doors(&u, 3)
	if p := u.PollNext(&cx); p.IsReady() || u.Len() != 3 {
		t.Fatalf("ready %v with %d members that wait", p.IsReady(), u.Len())
	}
	failure := errors.New("failure")
	all[2].err = failure
	var got []int
	for _, i := range []int{1, 2, 0} {
		before := wakes
		all[i].pass()
		if wakes != before+1 {
			t.Errorf("the end of member %d woke the task %d times", i, wakes-before)
		}
		v, err := u.PollNext(&cx).Result()
		if (err == failure) != (i == 2) {
			t.Errorf("member %d: %v", i, err)
		}
		got = append(got, v)
	}
	if !slices.Equal(got, []int{1, 2, 0}) {
		t.Errorf("%v", got)
	}
	if _, err := u.PollNext(&cx).Result(); err != future.ErrEnd || u.Len() != 0 {
		t.Errorf("%v, and %d are left", err, u.Len())
	}
	for i, g := range all {
		if g.polls != 2 || g.dropped != 0 {
			t.Errorf("member %d was polled %d times and dropped %d times; want 2 and 0", i, g.polls, g.dropped)
		}
	}
}

// What is added while the set waits is polled.
func TestUnorderedPushWakes(t *testing.T) {
	var u future.Unordered[int]
	wakes := 0
	cx := waker.FromWaker(waker.FromFunc(func() { wakes++ }))
	doors(&u, 1)
	u.PollNext(&cx)
	u.Push(future.Value(7))
	if wakes != 1 {
		t.Errorf("the task was woken %d times", wakes)
	}
	if v, err := u.PollNext(&cx).Result(); v != 7 || err != nil {
		t.Error(v, err)
	}
	u.Drop()
}

// A member that wakes itself waits for the next poll, and none waits for ever behind one that
// is always ready to go on.
func TestUnorderedIsFair(t *testing.T) {
	var u future.Unordered[int]
	polls := 0
	u.Push(future.Func(func(cx *waker.Context) future.Poll[int] {
		polls++
		cx.PollAgain()
		return future.Pending[int]()
	}))
	all := doors(&u, 1)
	woken := false
	cx := waker.FromWaker(waker.FromFunc(func() { woken = true }))
	for i := 1; i <= 5; i++ {
		woken = false
		if u.PollNext(&cx).IsReady() || polls != i || !woken {
			t.Fatalf("poll %d of the set: %d polls of the member that wakes itself, woken %v", i, polls, woken)
		}
	}
	all[0].pass()
	if v, err := u.PollNext(&cx).Result(); v != 0 || err != nil {
		t.Error(v, err)
	}
	u.Drop()
}

func TestUnorderedDropEndsEachOnce(t *testing.T) {
	var u future.Unordered[int]
	cx := waker.FromWaker(waker.Noop())
	all := doors(&u, 4)
	u.PollNext(&cx)
	all[1].pass()
	u.PollNext(&cx)
	u.Drop()
	u.Drop()
	for i, g := range all {
		want := 1
		if i == 1 { // it had ended
			want = 0
		}
		if g.dropped != want {
			t.Errorf("member %d was dropped %d times, want %d", i, g.dropped, want)
		}
	}
	all[0].waker.WakeByRef() // late
	u.Push(future.Value(1))
	if v, err := u.PollNext(&cx).Result(); v != 1 || err != nil {
		t.Error("the set is not used again:", v, err)
	}
	doors(&u, 1)
	u.PollNext(&cx)
	if all[0].polls != 1 {
		t.Error("what was dropped was polled, for a late wake-up")
	}
	u.Drop()
}

// A member that uses up the budget goes behind those that got nothing.
func TestUnorderedSharesTheBudget(t *testing.T) {
	var u future.Unordered[int]
	var done [3]int
	for i := range done {
		u.Push(future.Func(func(cx *waker.Context) future.Poll[int] {
			for cx.Spend() {
				done[i]++
			}
			return future.Pending[int]()
		}))
	}
	var budget waker.Budget
	woken := false
	cx := waker.NewContext(waker.FromFunc(func() { woken = true }), nil, &budget)
	for range 6 {
		budget.Refill(8)
		woken = false
		if u.PollNext(&cx).IsReady() || !woken {
			t.Fatal("ready, or not to be polled again")
		}
	}
	if done != [3]int{16, 16, 16} {
		t.Errorf("of 48 operations the members completed %v", done)
	}
	u.Drop()
}

func TestUnorderedTrace(t *testing.T) {
	var u future.Unordered[int]
	doors(&u, 2)
	next := u.Next()
	frames := future.Trace(&next)
	if len(frames) != 3 || frames[0].Func != "future.Unordered" || frames[1].Depth != 1 || frames[2].Func != "*future_test.door" {
		t.Errorf("%+v", frames)
	}
	u.Drop()
	all := future.JoinAll[int](&door{}, &door{open: true})
	cx := waker.FromWaker(waker.Noop())
	all.Poll(&cx)
	if frames := future.Trace(all); len(frames) != 2 || frames[0].Func != "future.JoinAll" {
		t.Errorf("%+v", frames)
	}
}

// A panic of one ends that one alone.
func TestUnorderedAPanicEndsOne(t *testing.T) {
	var u future.Unordered[int]
	bad := &exploding{}
	u.Push(bad)
	u.Push(future.Value(2))
	cx := waker.FromWaker(waker.Noop())
	func() {
		defer func() {
			if r := recover(); r != "ouch" {
				t.Error("the panic came as", r)
			}
		}()
		u.PollNext(&cx)
	}()
	if v, err := u.PollNext(&cx).Result(); v != 2 || err != nil || u.Len() != 0 || bad.dropped != 1 {
		t.Errorf("%d, %v; %d are left, dropped %d times", v, err, u.Len(), bad.dropped)
	}
}

type exploding struct{ dropped int }

func (*exploding) Poll(*waker.Context) future.Poll[int] { panic("ouch") }
func (p *exploding) Drop()                              { p.dropped++ }

// A wait that is given up loses nothing, and leaves no waker behind.
func TestUnorderedNextGivenUp(t *testing.T) {
	var u future.Unordered[int]
	wakes := 0
	cx := waker.FromWaker(waker.FromFunc(func() { wakes++ }))
	all := doors(&u, 2)
	next := u.Next()
	if next.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	next.Drop()
	all[1].pass()
	if wakes != 0 {
		t.Error("a wait that was given up was woken")
	}
	next = u.Next()
	if v, err := next.Poll(&cx).Result(); v != 1 || err != nil {
		t.Error(v, err)
	}
	mustPanic(t, func() { next.Poll(&cx) }, "NextOp polled after Ready")
	u.Drop()
}

func TestUnorderedTryNext(t *testing.T) {
	var u future.Unordered[int]
	if _, err, ok := u.TryNext(); err != future.ErrEnd || !ok {
		t.Error("of an empty set:", err, ok)
	}
	all := doors(&u, 2)
	if v, err, ok := u.TryNext(); v != 0 || err != nil || ok {
		t.Error("before anything has ended:", v, err, ok)
	}
	all[1].pass()
	if v, err, ok := u.TryNext(); v != 1 || err != nil || !ok {
		t.Error(v, err, ok)
	}
	u.Drop()
}

func TestUnorderedAll(t *testing.T) {
	var u future.Unordered[int]
	all := doors(&u, 3)
	i := 0
	for f := range u.All() {
		if f != future.Future[int](all[i]) {
			t.Errorf("member %d is another one", i)
		}
		i++
	}
	if i != 3 {
		t.Errorf("%d members", i)
	}
	u.Drop()
}

// Members that come and go cost nothing.
func TestUnorderedDoesNotAllocate(t *testing.T) {
	var u future.Unordered[int]
	cx := waker.FromWaker(waker.Noop())
	g := &door{open: true}
	if n := testing.AllocsPerRun(100, func() {
		u.Push(g)
		next := u.Next()
		if !next.Poll(&cx).IsReady() {
			t.Fatal("pending")
		}
	}); n != 0 {
		t.Errorf("%v allocations for a member", n)
	}
}

// Wake-ups from many threads while members come and go: each outcome comes once.
func TestUnorderedUnderFire(t *testing.T) {
	const members = 2000
	var u future.Unordered[int]
	var wg sync.WaitGroup
	seen := make([]int, members)
	f := future.Async(func(co *future.Co) (future.Unit, error) {
		for i := range members {
			done := make(chan int, 1)
			wg.Go(func() { done <- i })
			u.Push(future.FromChan(done))
			if u.Len() >= 50 {
				v, err := u.Next().Await(co)
				if err != nil {
					return future.Unit{}, err
				}
				seen[v]++
			}
		}
		for {
			v, err := u.Next().Await(co)
			if err == future.ErrEnd {
				return future.Unit{}, nil
			}
			seen[v]++
		}
	})
	if _, err := future.BlockOn(f); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	for i, n := range seen {
		if n != 1 {
			t.Errorf("member %d came %d times", i, n)
		}
	}
}
