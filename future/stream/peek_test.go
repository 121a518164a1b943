package stream_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

func TestPeekDoesNotTake(t *testing.T) {
	k := newTask(t)
	src := new(source[int]).send(1, 2).end()
	s := stream.Peek(src)
	for range 2 {
		if at, err := isReady(k, future.Box(s.Peek())); err != nil || *at != 1 {
			t.Fatal(at, err)
		}
	}
	if src.polls != 1 {
		t.Errorf("polled %d times", src.polls)
	}
	if v, err := isReady(k, future.Box(s.Next())); v != 1 || err != nil {
		t.Error(v, err)
	}
	comes(k, s, 2)
	if _, err := isReady(k, future.Box(s.Peek())); err != future.ErrEnd {
		t.Errorf("%v", err)
	}
	ends(k, s)
}

func TestPeekAtAnEmptyStream(t *testing.T) {
	k := newTask(t)
	s := stream.Peek(stream.Empty[int]())
	for range 2 {
		if at, err := isReady(k, future.Box(s.Peek())); at != nil || err != future.ErrEnd {
			t.Errorf("%v, %v", at, err)
		}
	}
	ends(k, s)
}

func TestPeekWaits(t *testing.T) {
	k := newTask(t)
	src := new(source[int])
	s := stream.Peek(src)
	if s.PollPeek(&k.cx).IsReady() {
		t.Fatal("ready")
	}
	src.send(1)
	if !k.woken() {
		t.Error("not woken")
	}
	if at, err := s.PollPeek(&k.cx).Result(); *at != 1 || err != nil {
		t.Error(at, err)
	}
	comes(k, s, 1)
	f := future.Box(s.Peek())
	isPending(k, f)
	future.Drop(f)
	if src.stopped != 1 {
		t.Errorf("stopped %d times", src.stopped)
	}
}

// Who looks at one item again and again, or asks for none, lets others run.
func TestPeeksSpendTheBudget(t *testing.T) {
	s := stream.Peek(stream.Of(1))
	isReady(newTask(t), future.Box(s.Peek()))
	for name, look := range map[string]func(cx *waker.Context) bool{
		"Peek":            func(cx *waker.Context) bool { return s.PollPeek(cx).IsReady() },
		"NextIf":          func(cx *waker.Context) bool { f := s.NextIf(even); return f.Poll(cx).IsReady() },
		"NextMany of nil": func(cx *waker.Context) bool { f := stream.NextMany(s, nil); return f.Poll(cx).IsReady() },
	} {
		woken := false
		budget := waker.NewBudget(3)
		cx := waker.NewContext(waker.FromFunc(func() { woken = true }), nil, &budget)
		n := 0
		for ; n < 10 && look(&cx); n++ {
		}
		if n != 3 || !woken {
			t.Errorf("%s: ready %d times with a budget of 3, woken %v", name, n, woken)
		}
	}
	comes(newTask(t), s, 1)
}

// What is seen can be changed where it is.
func TestPeekedValueCanBeChanged(t *testing.T) {
	k := newTask(t)
	s := stream.Peek(stream.Of(1, 2))
	at, _ := isReady(k, future.Box(s.Peek()))
	*at = 10
	comes(k, s, 10)
	comes(k, s, 2)
	ends(k, s)
}

func TestNextIf(t *testing.T) {
	k := newTask(t)
	s := stream.Peek(new(source[int]).send(0, 2, 3).fail(errTest).end())
	var taken []int
	for {
		v, err := isReady(k, future.Box(s.NextIf(even)))
		if !v.OK || err != nil {
			break
		}
		taken = append(taken, v.Value)
	}
	if !slices.Equal(taken, []int{0, 2}) {
		t.Error(taken)
	}
	comes(k, s, 3)
	if v, err := isReady(k, future.Box(s.NextIf(even))); v.OK || err != errTest {
		t.Error(v, err)
	}
	if v, err := isReady(k, future.Box(s.NextIf(even))); v.OK || err != future.ErrEnd {
		t.Error(v, err)
	}
}

func TestPeekDropDiscardsWhatWasSeen(t *testing.T) {
	var r resource
	src := new(source[*resource]).send(&r)
	s := stream.Peek(src)
	if _, err := isReady(newTask(t), future.Box(s.Peek())); err != nil {
		t.Fatal(err)
	}
	s.Drop()
	if r.drops != 1 || src.dropped != 1 {
		t.Errorf("discarded %d times, dropped %d times", r.drops, src.dropped)
	}
}

func TestChunks(t *testing.T) {
	k := newTask(t)
	src := new(source[int]).send(1, 2, 3)
	s := stream.Chunks(src, 2)
	comes(k, s, []int{1, 2})
	pends(k, s)
	src.send(4, 5).end()
	comes(k, s, []int{3, 4})
	comes(k, s, []int{5})
	ends(k, s)
	s = stream.Chunks(new(source[int]).send(1).fail(errTest).send(2).end(), 2)
	comes(k, s, []int{1}) // what came before the error is not held back
	fails(k, s, errTest)
	comes(k, s, []int{2})
	ends(k, s)
	var r resource
	c := stream.Chunks(new(source[*resource]).send(&r), 2)
	pends(k, c)
	future.Drop(c)
	if r.drops != 1 {
		t.Errorf("discarded %d times", r.drops)
	}
}

func TestReadyChunks(t *testing.T) {
	k := newTask(t)
	src := new(source[int])
	s := stream.ReadyChunks(src, 3)
	pends(k, s)
	src.send(1)
	comes(k, s, []int{1})
	pends(k, s)
	src.send(2, 3, 4, 5)
	comes(k, s, []int{2, 3, 4})
	comes(k, s, []int{5})
	src.fail(errTest).end()
	fails(k, s, errTest)
	ends(k, s)
}

func TestSplit(t *testing.T) {
	k := newTask(t)
	src := new(source[int])
	evens, odds := stream.Split(src, even)
	pends(k, evens)
	pends(k, odds)
	k.woken()
	src.send(1, 2, 4, 3).end()
	if !k.woken() {
		t.Error("not woken")
	}
	pends(k, evens) // 1 is not its own, and waits for the other half
	pends(k, evens)
	if !k.woken() {
		t.Error("the other half was not woken")
	}
	comes(k, odds, 1)
	if !k.woken() {
		t.Error("the half that waited for the other was not woken")
	}
	comes(k, evens, 2)
	comes(k, evens, 4)
	comes(k, odds, 3)
	ends(k, odds)
	ends(k, evens)
}

// A half that is dropped discards its own; with the second one the stream is dropped.
func TestSplitDropped(t *testing.T) {
	k := newTask(t)
	a, b, c := new(resource), new(resource), new(resource)
	src := new(source[*resource]).send(a, b, c)
	first, others := stream.Split(src, func(r *resource) bool { return r == b })
	pends(k, first) // a is kept for the other half
	future.Drop(others)
	future.Drop(others)
	if a.drops != 1 || src.dropped != 0 {
		t.Errorf("discarded %d times, dropped %d times", a.drops, src.dropped)
	}
	comes(k, first, b)
	pends(k, first)
	if c.drops != 1 {
		t.Errorf("discarded %d times", c.drops)
	}
	future.Drop(first)
	if src.dropped != 1 || b.drops != 0 {
		t.Errorf("dropped %d times", src.dropped)
	}
}

// Both halves under wakers of their own come to their ends.
func TestSplitUnderJoin(t *testing.T) {
	evens, odds := stream.Split(upTo(100), even)
	v, err := future.BlockOn(future.Box(future.Join(stream.Collect(evens), stream.Collect(odds))))
	if len(v.First) != 50 || len(v.Second) != 50 || err != nil {
		t.Error(v, err)
	}
	evens, odds = stream.Split(stream.FromFunc(func() func() (int, error) {
		n := 0
		return func() (int, error) { n++; return n, nil }
	}()), even)
	all, err := future.BlockOn(future.JoinAll[[]int](stream.Collect(stream.Take(evens, 50)), stream.Collect(stream.Take(odds, 70))))
	if len(all[0]) != 50 || len(all[1]) != 70 || err != nil {
		t.Error(all, err)
	}
}

// A half that has got an item, and asks no more, leaves the other one with a waker in the stream below.
func TestSplitHalfThatIsDone(t *testing.T) {
	var below waker.Waker
	var items []future.Poll[int]
	src := stream.Func(func(cx *waker.Context) future.Poll[int] {
		below = cx.Waker()
		if len(items) == 0 {
			return future.Pending[int]()
		}
		p := items[0]
		items = items[1:]
		return p
	})
	evens, odds := stream.Split(src, even)
	waits, asks := newTask(t), newTask(t)
	for _, p := range []future.Poll[int]{future.Ready(1), future.Failed[int](errTest)} {
		pends(waits, evens)
		items = append(items, p)
		if got := odds.PollNext(&asks.cx); got != p {
			t.Fatalf("%v, want %v", got, p)
		}
		below.WakeByRef()
		if !waits.woken() {
			t.Errorf("after %v nobody wakes the half that waits", p)
		}
	}
	items = append(items, future.Ready(2))
	comes(waits, evens, 2)
}
