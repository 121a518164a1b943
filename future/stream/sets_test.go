package stream_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
)

func pair(k string, v int) future.Pair[string, int] {
	return future.Pair[string, int]{First: k, Second: v}
}

func TestKeyedEmptyEnds(t *testing.T) {
	var s stream.Keyed[string, int]
	ends(newTask(t), &s)
	if s.Len() != 0 {
		t.Error("not empty")
	}
	if _, ok := s.Remove("foo"); ok {
		t.Error("removed what is not there")
	}
}

func TestKeyedOneStream(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, int]
	src := new(source[int])
	if _, replaced := s.Insert("foo", src); replaced || s.Len() != 1 {
		t.Errorf("replaced %v, %d streams", replaced, s.Len())
	}
	if got, ok := s.Get("foo"); !ok || got != future.Stream[int](src) {
		t.Error("not found")
	}
	pends(k, &s)
	src.send(1)
	if !k.woken() {
		t.Error("not woken")
	}
	comes(k, &s, pair("foo", 1))
	pends(k, &s)
	src.send(2)
	comes(k, &s, pair("foo", 2))
	src.end()
	ends(k, &s)
	if _, ok := s.Get("foo"); ok || s.Len() != 0 {
		t.Error("a stream that has ended is still there")
	}
}

func TestKeyedSeveralStreams(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, int]
	foo, bar := new(source[int]), new(source[int])
	s.Insert("foo", foo)
	s.Insert("bar", bar)
	pends(k, &s)
	foo.send(1)
	comes(k, &s, pair("foo", 1))
	pends(k, &s)
	bar.send(2)
	comes(k, &s, pair("bar", 2))
	pends(k, &s)
	foo.send(3)
	bar.send(4)
	got := map[string]int{}
	for range 2 {
		v, _ := s.PollNext(&k.cx).Result()
		got[v.First] = v.Second
	}
	if !maps.Equal(got, map[string]int{"foo": 3, "bar": 4}) {
		t.Errorf("%v", got)
	}
	pends(k, &s)
	foo.end()
	pends(k, &s)
	bar.send(5)
	comes(k, &s, pair("bar", 5))
	bar.end()
	ends(k, &s)
}

// What is taken out is the caller's, whole; nothing of it comes from the set any more.
func TestKeyedRemove(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, int]
	src := new(source[int])
	s.Insert("foo", src)
	pends(k, &s)
	got, ok := s.Remove("foo")
	if !ok || got != future.Stream[int](src) || src.dropped != 0 || src.stopped != 1 || s.Len() != 0 {
		t.Errorf("ok %v, dropped %d times, stopped %d times, %d left", ok, src.dropped, src.stopped, s.Len())
	}
	if !k.woken() {
		t.Error("the set was not woken for its end")
	}
	ends(k, &s)
	polls := src.polls
	s.Insert("bar", new(source[int]).send(7))
	comes(k, &s, pair("bar", 7))
	if src.polls != polls {
		t.Error("polled after it was taken out")
	}
	comes(k, got, 0+src.send(8).peeked()) // it goes on by itself
	if _, ok := s.Remove("bar"); !ok {    // whose item was the last to come
		t.Error("not found")
	}
	ends(k, &s)
}

func (s *source[T]) peeked() T {
	v, _ := s.items[0].Result()
	return v
}

func TestKeyedReplace(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, int]
	a, b := new(source[int]).send(1), new(source[int]).send(2)
	s.Insert("foo", a)
	if old, replaced := s.Insert("foo", b); !replaced || old != future.Stream[int](a) || s.Len() != 1 {
		t.Errorf("replaced %v, %d streams", replaced, s.Len())
	}
	comes(k, &s, pair("foo", 2))
	pends(k, &s)
	if a.polls != 0 || a.dropped != 0 {
		t.Errorf("the one replaced was polled %d times and dropped %d times", a.polls, a.dropped)
	}
	s.Drop()
}

func TestKeyedAll(t *testing.T) {
	var s stream.Keyed[string, int]
	srcs := map[string]*source[int]{"a": {}, "b": {}, "c": {}}
	for key, src := range srcs {
		s.Insert(key, src)
	}
	for key, got := range s.All() {
		if got != future.Stream[int](srcs[key]) {
			t.Errorf("%s has another stream", key)
		}
		got.(*source[int]).send(len(key)) // it can be changed in its place
		delete(srcs, key)
	}
	if len(srcs) != 0 {
		t.Errorf("not among them: %v", srcs)
	}
	comes(newTask(t), stream.Map(&s, func(p future.Pair[string, int]) int { return p.Second }), 1)
	s.Drop()
}

func TestKeyedDropEmptiesIt(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, int]
	a, b := new(source[int]), new(source[int]).send(1)
	s.Insert("a", a)
	s.Insert("b", b)
	comes(k, &s, pair("b", 1))
	s.Drop()
	if a.dropped != 1 || b.dropped != 1 || s.Len() != 0 {
		t.Errorf("dropped %d and %d times, %d left", a.dropped, b.dropped, s.Len())
	}
	if _, ok := s.Get("a"); ok {
		t.Error("still there")
	}
	ends(k, &s)
	s.Insert("a", new(source[int]).send(3)) // and it can be used again
	comes(k, &s, pair("a", 3))
	s.Drop()
}

// Of many streams, those that have nothing cost nothing.
func TestKeyedOneReadyManyNot(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[int, int]
	defer s.Drop()
	srcs := make([]*source[int], 256)
	for i := range srcs {
		srcs[i] = new(source[int])
		s.Insert(i, srcs[i])
	}
	for polls := 0; polls < 4; polls++ { // a poll of the set takes a share of the members
		pends(k, &s)
	}
	srcs[0].send(7)
	comes(k, &s, future.Pair[int, int]{First: 0, Second: 7})
	pends(k, &s)
	for i, src := range srcs[1:] {
		if src.polls != 1 {
			t.Fatalf("stream %d was polled %d times", i+1, src.polls)
		}
	}
}

func TestKeyedTellsWhoseErrorItIs(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, int]
	defer s.Drop()
	s.Insert("a", new(source[int]).fail(errTest).send(1))
	v, err := s.PollNext(&k.cx).Result()
	if v.First != "a" || err != errTest || s.Len() != 1 {
		t.Errorf("%v, %v", v, err)
	}
	comes(k, &s, pair("a", 1))
}

// A stream whose end is to be told of has it as an item of its own.
func TestKeyedTellsTheEndAsAnItem(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, *int]
	src := new(source[int])
	some := func(v int) *int { return &v }
	s.Insert("a", stream.Chain(stream.Map(src, some), stream.Of[*int](nil)))
	next := func() *int {
		p, err := s.PollNext(&k.cx).Result()
		if p.First != "a" || err != nil {
			t.Fatal(p, err)
		}
		return p.Second
	}
	src.send(7)
	if v := next(); v == nil || *v != 7 {
		t.Error(v)
	}
	pends(k, &s)
	src.end()
	if v := next(); v != nil {
		t.Errorf("%d after the end", *v)
	}
	ends(k, &s)
}

// A stream that panics is no more in the set, which goes on.
func TestKeyedGoesOnAfterAPanic(t *testing.T) {
	k := newTask(t)
	var s stream.Keyed[string, int]
	s.Insert("bad", stream.FromFunc(func() (int, error) { panic("boom") }))
	s.Insert("good", stream.Of(1))
	mustPanic(t, func() { s.PollNext(&k.cx) }, "boom")
	if _, ok := s.Get("bad"); ok || s.Len() != 1 {
		t.Errorf("%d left", s.Len())
	}
	comes(k, &s, pair("good", 1))
	ends(k, &s)
}

// Streams that always have items take turns.
func TestSetIsFair(t *testing.T) {
	k := newTask(t)
	var s stream.Set[int]
	defer s.Drop()
	for i := range 3 {
		s.Push(stream.Repeat(i))
	}
	count := make([]int, 3)
	for range 30 {
		v, _ := s.PollNext(&k.cx).Result()
		count[v]++
	}
	if !slices.Equal(count, []int{10, 10, 10}) {
		t.Errorf("turns %v", count)
	}
	if k.woken() {
		t.Error("a set whose streams are ready wakes its own task")
	}
}

func TestSetAddsWhileItWaits(t *testing.T) {
	k := newTask(t)
	var s stream.Set[int]
	ends(k, &s)
	s.Push(new(source[int]))
	pends(k, &s)
	s.Push(stream.Of(7))
	if !k.woken() || s.Len() != 2 {
		t.Errorf("a push woke nobody; %d streams", s.Len())
	}
	comes(k, &s, 7)
	pends(k, &s)
	if s.Len() != 1 {
		t.Errorf("%d streams, want the one that waits", s.Len())
	}
	n := 0
	for range s.All() {
		n++
	}
	if n != 1 {
		t.Errorf("%d streams among all", n)
	}
	s.Drop()
	ends(k, &s)
}

func TestSetsAllocateNothing(t *testing.T) {
	k := newTask(t)
	var s stream.Set[int]
	var m stream.Keyed[string, int]
	defer s.Drop()
	defer m.Drop()
	s.Push(stream.Repeat(1 << 30))
	m.Insert("a", stream.Repeat(1<<30))
	if n := testing.AllocsPerRun(100, func() {
		s.PollNext(&k.cx)
		m.PollNext(&k.cx)
	}); n != 0 {
		t.Errorf("%v allocations an item", n)
	}
}

func keyedOf(n, items int) *stream.Keyed[int, int] {
	var s stream.Keyed[int, int]
	for i := range n {
		src := new(source[int])
		for j := range items {
			src.send(j)
		}
		s.Insert(i, src)
	}
	return &s
}

func TestNextManyOfNone(t *testing.T) {
	k := newTask(t)
	s := stream.Peek(stream.Of(1, 2))
	if n, err := isReady(k, future.Box(stream.NextMany(s, nil))); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	yields(t, s, 1, 2)
}

func TestNextManyOfAnEmptySet(t *testing.T) {
	s := stream.Peek(keyedOf(0, 0))
	if _, err := isReady(newTask(t), future.Box(stream.NextMany(s, make([]future.Pair[int, int], 1)))); err != future.ErrEnd {
		t.Errorf("%v", err)
	}
}

func TestNextManyWaitsForOne(t *testing.T) {
	k := newTask(t)
	src := new(source[int])
	s := stream.Peek(src)
	buf := make([]int, 2)
	f := future.Box(stream.NextMany(s, buf))
	isPending(k, f)
	src.send(7)
	if !k.woken() {
		t.Error("not woken")
	}
	if n, err := isReady(k, f); n != 1 || buf[0] != 7 || err != nil {
		t.Errorf("%d, %v, %v", n, buf, err)
	}
	f = future.Box(stream.NextMany(s, buf))
	isPending(k, f)
	future.Drop(f)
	if src.stopped != 1 {
		t.Errorf("stopped %d times", src.stopped)
	}
}

// There are less values than asked for, as many, and more.
func TestNextManyTakesWhatIsThere(t *testing.T) {
	for _, c := range []struct{ streams, room, want int }{{2, 3, 2}, {2, 2, 2}, {3, 2, 2}, {1, 10, 1}} {
		s := stream.Peek(keyedOf(c.streams, 1))
		buf := make([]future.Pair[int, int], c.room)
		n, err := isReady(newTask(t), future.Box(stream.NextMany(s, buf)))
		seen := map[int]bool{}
		for _, p := range buf[:n] {
			seen[p.First] = true
		}
		if n != c.want || len(seen) != n || err != nil {
			t.Errorf("%+v: %d, %v, %v", c, n, buf, err)
		}
		future.Drop(s)
	}
}

// Calls that leave some go on with those that were left.
func TestNextManyLoopsAround(t *testing.T) {
	s := stream.Peek(keyedOf(3, 2))
	defer s.Drop()
	k := newTask(t)
	count := map[int]int{}
	for range 3 {
		buf := make([]future.Pair[int, int], 2)
		if n, err := isReady(k, future.Box(stream.NextMany(s, buf))); n != 2 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		for _, p := range buf {
			count[p.First]++
		}
	}
	if !maps.Equal(count, map[int]int{0: 2, 1: 2, 2: 2}) {
		t.Errorf("%v", count)
	}
}

// An error after some values is for the next call.
func TestNextManyLeavesTheError(t *testing.T) {
	k := newTask(t)
	s := stream.Peek(new(source[int]).send(1).fail(errTest).send(2).end())
	buf := make([]int, 4)
	if n, err := isReady(k, future.Box(stream.NextMany(s, buf))); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := isReady(k, future.Box(stream.NextMany(s, buf))); n != 0 || err != errTest {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := isReady(k, future.Box(stream.NextMany(s, buf))); n != 1 || buf[0] != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := isReady(k, future.Box(stream.NextMany(s, buf))); n != 0 || err != future.ErrEnd {
		t.Errorf("%d, %v", n, err)
	}
}
