package future_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

func probes(n int) (ps []*probe[int], fs []future.Future[int]) {
	for range n {
		p := &probe[int]{}
		ps, fs = append(ps, p), append(fs, p)
	}
	return ps, fs
}

func TestSelectDropsTheLosers(t *testing.T) {
	e := newExecutor()
	ps, fs := probes(40)
	f := future.Select(fs...)
	mustPend(t, e, f)
	ps[37].complete(7, errTest)
	v, err := f.Poll(&e.cx).Result()
	if v.Index != 37 || v.Value != 7 || err != errTest || v.Others != nil {
		t.Errorf("%v, %v", v, err)
	}
	for i, p := range ps {
		if p.drops != min(1, (i-37)*(i-37)) || i != 37 && p.polls != 1 {
			t.Errorf("%d was polled %d times, and dropped %d times", i, p.polls, p.drops)
		}
	}
	e.balanced(t)
}

// What is handed back goes on in another select, until none is left.
func TestSelectHandsTheLosersBack(t *testing.T) {
	e := newExecutor()
	ps, fs := probes(5)
	var order []int
	for _, next := range []int{3, 0, 4, 1, 2} {
		f := future.Select(fs...).Keep()
		mustPend(t, e, f)
		ps[next].complete(next, nil)
		if !e.takeWake() {
			t.Fatalf("the end of %d woke nobody", next)
		}
		v, _ := f.Poll(&e.cx).Result()
		order, fs = append(order, v.Value), v.Others
	}
	if !slices.Equal(order, []int{3, 0, 4, 1, 2}) || len(fs) != 0 {
		t.Errorf("%v, and %d are left", order, len(fs))
	}
	for i, p := range ps {
		if p.drops != 0 {
			t.Errorf("%d was dropped", i)
		}
	}
	e.balanced(t)
}

func TestSelectedIsDiscardedWithTheOthers(t *testing.T) {
	ps, fs := probes(2)
	var r resource
	future.Discard(future.Selected[*resource]{Value: &r, Others: []future.Future[*resource]{future.Value(&r)}})
	future.Discard(future.Selected[int]{Index: 2, Others: fs})
	if ps[0].drops != 1 || ps[1].drops != 1 || r.drops != 2 {
		t.Errorf("dropped %d and %d times, discarded %d times", ps[0].drops, ps[1].drops, r.drops)
	}
}

// rigged is an executor's chance.
type rigged struct{ answers []uint64 }

func (r *rigged) Rand() uint64 {
	a := r.answers[0]
	r.answers = r.answers[1:]
	return a
}

// What the executor chooses decides between those that are ready.
func TestFairSelectAsksTheExecutor(t *testing.T) {
	e := newExecutorWith(&rigged{[]uint64{2, 0, 1, 1, 2, 1}})
	ready := func() future.Future[int] { return future.Value(1) }
	for _, want := range []int{2, 0, 1} {
		v, _ := future.Select(ready(), ready(), ready()).Fair().Poll(&e.cx).Result()
		if v.Index != want {
			t.Errorf("%d won, want %d", v.Index, want)
		}
	}
	of := func() future.BoxedOp[int] { return future.Of(ready()) }
	if v, _ := future.Box(future.Select3(of(), of(), of()).Fair()).Poll(&e.cx).Result(); v.Which != 1 {
		t.Errorf("%d won, want 1", v.Which)
	}
	if v, _ := future.Box(future.Select5(of(), of(), of(), of(), of()).Fair()).Poll(&e.cx).Result(); v.Which != 2 {
		t.Errorf("%d won, want 2", v.Which)
	}
	if v, _ := future.Box(future.Select2(of(), of()).Fair()).Poll(&e.cx).Result(); v.Which != 1 {
		t.Errorf("%d won, want 1", v.Which)
	}
}

// Without an executor's, everyone wins now and then.
func TestFairSelectLetsEveryoneWin(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	var wins [3]int
	for range 1000 {
		v, _ := future.Select(future.Value(0), future.Value(0), future.Value(0)).Fair().Poll(&cx).Result()
		wins[v.Index]++
	}
	if slices.Min(wins[:]) == 0 {
		t.Errorf("wins %v", wins)
	}
}

func TestRaceOKTakesTheFirstSuccess(t *testing.T) {
	e := newExecutor()
	ps, fs := probes(3)
	f := future.RaceOK(fs...)
	mustPend(t, e, f)
	ps[0].complete(0, errTest)
	mustPend(t, e, f)
	ps[2].complete(7, nil)
	mustReady(t, e, f, 7, nil)
	if ps[1].drops != 1 || ps[0].drops != 0 || ps[2].drops != 0 {
		t.Errorf("drops %d, %d, %d", ps[0].drops, ps[1].drops, ps[2].drops)
	}
	e.balanced(t)
}

func TestRaceOKFailsWithTheLastError(t *testing.T) {
	e := newExecutor()
	ps, fs := probes(2)
	f := future.RaceOK(fs...)
	mustPend(t, e, f)
	ps[1].complete(0, errTest)
	mustPend(t, e, f)
	ps[0].complete(3, future.ErrClosed)
	mustReady(t, e, f, 3, future.ErrClosed)
}

// A value beside an error that is passed over has nobody else.
func TestRaceOKDiscardsWhatItPassesOver(t *testing.T) {
	e := newExecutor()
	var failed, won resource
	f := future.RaceOK[*resource](&probe[*resource]{answer: future.Done(&failed, errTest)}, future.Value(&won))
	mustReady(t, e, f, &won, nil)
	if failed.drops != 1 || won.drops != 0 {
		t.Errorf("discarded %d and %d times", failed.drops, won.drops)
	}
}

func TestTraceOfSelects(t *testing.T) {
	var text []string
	for _, f := range future.Trace(future.Select[int](&probe[int]{}, future.Never[int]())) {
		text = append(text, f.String())
	}
	for _, f := range future.Trace(future.Box(future.Join3(future.Of(future.Fuse[int](&probe[int]{})), future.Never[int](), future.Never[int]()))) {
		text = append(text, f.String())
	}
	all := strings.Join(text, "\n")
	for _, part := range []string{"future.Select\n", "future.Join3\n  *future_test.probe[int]\n"} {
		if !strings.Contains(all, part) {
			t.Errorf("%q is missing in\n%s", part, all)
		}
	}
}
