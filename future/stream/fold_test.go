package stream_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
)

func TestCollect(t *testing.T) {
	k := newTask(t)
	src := new(source[int])
	f := stream.Collect(src)
	isPending(k, f)
	src.send(1)
	isPending(k, f)
	src.send(2, 3).end()
	if vs, err := isReady(k, f); !slices.Equal(vs, []int{1, 2, 3}) || err != nil {
		t.Error(vs, err)
	}
	mustPanic(t, func() { f.Poll(&k.cx) }, "stream: Collect polled after Ready")
	if vs, err := isReady(k, stream.Collect(stream.Empty[int]())); len(vs) != 0 || err != nil {
		t.Error(vs, err)
	}
}

// Whatever a state can be, values are collected in it.
func TestFoldCollectsIntoAnything(t *testing.T) {
	k := newTask(t)
	m, err := isReady(k, stream.Fold(stream.Of("a", "b", "c"), map[string]int{}, func(m *map[string]int, v string) error {
		(*m)[v] = len(*m)
		return nil
	}))
	if !maps.Equal(m, map[string]int{"a": 0, "b": 1, "c": 2}) || err != nil {
		t.Error(m, err)
	}
	set, _ := isReady(k, stream.Fold(stream.Of(1, 2, 1), map[int]bool{}, func(m *map[int]bool, v int) error {
		(*m)[v] = true
		return nil
	}))
	if len(set) != 2 {
		t.Error(set)
	}
	text, _ := isReady(k, stream.Fold(stream.Of("hello", " ", "world"), new(strings.Builder), func(b **strings.Builder, v string) error {
		(*b).WriteString(v)
		return nil
	}))
	if text.String() != "hello world" {
		t.Error(text)
	}
	sum, _ := isReady(k, stream.Fold(upTo(5), 0, func(sum *int, v int) error { *sum += v; return nil }))
	if sum != 10 {
		t.Error(sum)
	}
}

// An error ends it, with what has come, and drops the stream.
func TestCollectFails(t *testing.T) {
	k := newTask(t)
	src := new(source[int]).send(1, 2).fail(errTest).send(3)
	if vs, err := isReady(k, stream.Collect(src)); !slices.Equal(vs, []int{1, 2}) || err != errTest {
		t.Error(vs, err)
	}
	if src.dropped != 1 {
		t.Errorf("dropped %d times", src.dropped)
	}
}

func TestCollectDroppedDiscards(t *testing.T) {
	var r resource
	src := new(source[*resource]).send(&r)
	f := stream.Collect(src)
	isPending(newTask(t), f)
	f.Drop()
	f.Drop()
	if r.drops != 1 || src.dropped != 1 {
		t.Errorf("discarded %d times, dropped %d times", r.drops, src.dropped)
	}
}

func TestAnyAndAll(t *testing.T) {
	k := newTask(t)
	for _, c := range []struct {
		vs       []int
		any, all bool
		taken    int // by Any, and by All
		takenAll int
	}{{nil, false, true, 0, 0}, {[]int{2, 4}, true, true, 1, 2}, {[]int{1, 2, 3}, true, false, 2, 1}, {[]int{1, 3}, false, false, 2, 1}} {
		n := 0
		count := func(v int) bool { n++; return even(v) }
		if got, err := isReady(k, stream.Any(stream.Of(slices.Clone(c.vs)...), count)); got != c.any || err != nil || n != c.taken {
			t.Errorf("Any of %v: %v, %v, after %d", c.vs, got, err, n)
		}
		n = 0
		if got, err := isReady(k, stream.All(stream.Of(slices.Clone(c.vs)...), count)); got != c.all || err != nil || n != c.takenAll {
			t.Errorf("All of %v: %v, %v, after %d", c.vs, got, err, n)
		}
	}
	src := new(source[int]).send(2)
	if got, _ := isReady(k, stream.Any(src, even)); !got || src.dropped != 1 {
		t.Errorf("%v, dropped %d times", got, src.dropped)
	}
	for _, f := range []future.BoxedOp[bool]{
		stream.Any(new(source[int]).send(1).fail(errTest), even), stream.All(new(source[int]).send(2).fail(errTest), even)} {
		if _, err := isReady(k, f); err != errTest {
			t.Errorf("%v", err)
		}
	}
}

func TestCountAndForEach(t *testing.T) {
	k := newTask(t)
	if n, err := isReady(k, stream.Count(upTo(5))); n != 5 || err != nil {
		t.Error(n, err)
	}
	var r resource
	if _, _ = isReady(k, stream.Count(stream.Of(&r))); r.drops != 1 {
		t.Errorf("discarded %d times", r.drops)
	}
	sum := 0
	if _, err := isReady(k, stream.ForEach(upTo(5), func(v int) error { sum += v; return nil })); sum != 10 || err != nil {
		t.Error(sum, err)
	}
	src := new(source[int]).send(1, 2, 3)
	if _, err := isReady(k, stream.ForEach(src, func(v int) error {
		if v == 2 {
			return errTest
		}
		return nil
	})); err != errTest || src.dropped != 1 || len(src.items) != 1 {
		t.Errorf("%v, dropped %d times, %d left", err, src.dropped, len(src.items))
	}
}

func TestForEachConcurrent(t *testing.T) {
	k := newTask(t)
	gs, _ := gates(4)
	begun := 0
	f := stream.ForEachConcurrent(upTo(4), 2, func(i int) future.Future[int] {
		begun++
		return gs[i]
	})
	isPending(k, f)
	if begun != 2 {
		t.Errorf("%d are under way", begun)
	}
	gs[1].open(nil)
	isPending(k, f)
	if begun != 3 {
		t.Errorf("%d were begun", begun)
	}
	gs[2].open(errTest)
	if _, err := isReady(k, f); err != errTest {
		t.Errorf("%v", err)
	}
	if gs[0].dropped != 1 {
		t.Errorf("what was under way was dropped %d times", gs[0].dropped)
	}
	if begun > 4 || begun == 4 && gs[3].dropped != 1 {
		t.Errorf("%d were begun", begun)
	}
	f = stream.ForEachConcurrent(upTo(100), 3, future.Value[int])
	if _, err := isReady(k, f); err != nil {
		t.Error(err)
	}
}
