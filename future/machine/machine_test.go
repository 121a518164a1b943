package machine_test

import (
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/machine"
	"github.com/magpie-go/magpie/waker"
)

func TestRuneIsRanges(t *testing.T) {
	for _, s := range []string{"", "a", "aé\xff世", "\xe4\xb8", "�"} {
		i := 0
		for at, want := range s {
			r, n := machine.Rune(s, i)
			if at != i || r != want {
				t.Errorf("%q at %d: %c, range has %c at %d", s, i, r, want, at)
			}
			i += n
		}
		if r, n := machine.Rune(s, i); r != 0 || n != 0 || i != len(s) {
			t.Errorf("%q: %c of %d at its end, %d", s, r, n, i)
		}
	}
}

func TestRangeMapVisitsWhatIsThere(t *testing.T) {
	m := map[float64]string{1: "a", 2: "b", 3: "c", math.NaN(): "n"}
	seen := map[string]bool{}
	first := 0.0
	for r := machine.RangeMap(m); r.Next(); {
		seen[r.Value()] = true
		if len(seen) == 1 { // what is deleted before its turn is not visited
			first = r.Key()
			maps.DeleteFunc(m, func(k float64, _ string) bool { return k != first && k == k })
		}
	}
	want := []string{"n"}
	if first == first {
		want = []string{m[first], "n"}
	}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("visited %q, want %q", got, want)
	}
	var none map[string]int
	if machine.RangeMap(none).Next() {
		t.Error("a nil map has entries")
	}
}

func TestCoroutine(t *testing.T) {
	broken := errors.New("broken")
	c := machine.NewCoroutine(func(co *future.Co) (int, error) {
		if _, err := future.Yield().Await(co); err != nil {
			return 0, err
		}
		return 3, broken
	})
	if v, err := future.BlockOn(&c); v != 3 || err != broken {
		t.Error(v, err)
	}
	dropped := false
	c = machine.NewCoroutine(func(co *future.Co) (int, error) {
		defer func() { dropped = co.Dropped() }()
		return future.Await(co, future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() }))
	})
	cx := waker.FromWaker(waker.Noop())
	if p := c.Poll(&cx); p.IsReady() {
		t.Error("ready")
	}
	c.Drop()
	if !dropped {
		t.Error("its deferred function was not told of the drop")
	}
}

func TestBoxIsACopy(t *testing.T) {
	v := 1
	p := machine.Box(v)
	v = 2
	if *p != 1 || v != 2 {
		t.Error(*p, v)
	}
}
