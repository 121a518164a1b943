package waker_test

import (
	"runtime"
	"sync"
	"testing"
	"unsafe"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// task counts what is done with its wakers, through a vtable of its own.
type task struct{ clones, ends, wakes word.Int32 }

var taskVTable waker.VTable

func init() {
	taskVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			(*task)(p).clones.Inc()
			return waker.RawWaker{Data: p, VTable: &taskVTable}
		},
		Wake: func(p unsafe.Pointer) {
			(*task)(p).ends.Inc()
			(*task)(p).wakes.Inc()
		},
		WakeByRef: func(p unsafe.Pointer) { (*task)(p).wakes.Inc() },
		Drop:      func(p unsafe.Pointer) { (*task)(p).ends.Inc() },
	}
}

func (t *task) waker() waker.Waker {
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(t), VTable: &taskVTable})
}

// want checks the counts of clones, of wakers given up, and of wake-ups.
func (k *task) want(t *testing.T, clones, ends, wakes int32) {
	t.Helper()
	if c, e, w := k.clones.Load(), k.ends.Load(), k.wakes.Load(); c != clones || e != ends || w != wakes {
		t.Fatalf("%d clones, %d given up, %d wake-ups; want %d, %d, %d", c, e, w, clones, ends, wakes)
	}
}

func TestWakerCallsItsVTable(t *testing.T) {
	var k task
	w := k.waker()
	if raw := w.Raw(); raw.Data != unsafe.Pointer(&k) || raw.VTable != &taskVTable {
		t.Fatalf("Raw returned %v", raw)
	}
	k.want(t, 0, 0, 0)
	c := w.Clone()
	k.want(t, 1, 0, 0)
	c.WakeByRef()
	k.want(t, 1, 0, 1)
	c.Wake()
	k.want(t, 1, 1, 2)
	w.Drop()
	k.want(t, 1, 2, 2)
}

func TestWillWake(t *testing.T) {
	var a, b task
	w := a.waker()
	if !w.WillWake(w.Clone()) || !w.WillWake(w) {
		t.Error("a waker and its clone wake the same task")
	}
	if w.WillWake(b.waker()) || w.WillWake(waker.Noop()) {
		t.Error("wakers of different tasks are said to wake the same")
	}
}

func TestNoop(t *testing.T) {
	w := waker.Noop()
	if !w.IsNoop() || !w.WillWake(waker.Waker{}) {
		t.Error("Noop is not the zero Waker")
	}
	c := w.Clone()
	c.WakeByRef()
	c.Wake()
	w.Drop()
	var k task
	if k.waker().IsNoop() {
		t.Error("a waker of a task is said to be Noop")
	}
}

func TestFromFunc(t *testing.T) {
	calls := 0
	w := waker.FromFunc(func() { calls++ })
	c := w.Clone()
	if !w.WillWake(c) {
		t.Error("a clone wakes somebody else")
	}
	w.WakeByRef()
	c.Wake()
	w.Drop()
	if calls != 2 {
		t.Errorf("%d calls for 2 wake-ups", calls)
	}
	if w.WillWake(waker.FromFunc(func() {})) {
		t.Error("two wakers of two funcs are said to be the same")
	}
	defer func() {
		if recover() == nil {
			t.Error("FromFunc(nil) did not panic")
		}
	}()
	waker.FromFunc(nil)
}

func TestContext(t *testing.T) {
	var a, b task
	budget := waker.NewBudget(1)
	cx := waker.NewContext(a.waker(), "ext", &budget)
	child := cx.WithWaker(b.waker())
	if !cx.Waker().WillWake(a.waker()) || !child.Waker().WillWake(b.waker()) || child.Ext() != "ext" {
		t.Error("WithWaker changed more than the waker, or not the waker")
	}
	if !child.Spend() {
		t.Error("nothing left of a budget of 1")
	}
	if cx.Spend() {
		t.Error("parent and child do not share their budget")
	}
	a.want(t, 0, 0, 1)
	b.want(t, 0, 0, 0)
}

func TestSpend(t *testing.T) {
	var k task
	budget := waker.NewBudget(3)
	cx := waker.NewContext(k.waker(), nil, &budget)
	for i := range 3 {
		if !cx.Spend() {
			t.Fatalf("operation %d of 3 refused", i)
		}
	}
	k.want(t, 0, 0, 0)
	if cx.Spend() {
		t.Fatal("a fourth operation out of 3")
	}
	k.want(t, 0, 0, 1)
	budget.Refill(1)
	if !cx.Spend() || cx.Spend() {
		t.Fatal("Refill(1) is not good for one operation")
	}
	k.want(t, 0, 0, 2)

	free := waker.FromWaker(k.waker())
	for range 1000 {
		if !free.Spend() {
			t.Fatal("a context without a budget has an end")
		}
	}
	if free.Ext() != nil {
		t.Error("FromWaker offers more than a waker")
	}
}

func TestAtomicWakerWakesWhoRegistered(t *testing.T) {
	var a, b task
	var cell waker.AtomicWaker
	cell.Wake() // nobody is there
	cell.Register(a.waker())
	a.want(t, 1, 0, 0)
	cell.Wake()
	a.want(t, 1, 1, 1)
	cell.Wake()
	a.want(t, 1, 1, 1)

	cell.Register(a.waker())
	cell.Register(a.waker()) // the same again is kept
	a.want(t, 2, 1, 1)
	cell.Register(b.waker()) // another takes its place
	a.want(t, 2, 2, 1)
	cell.Wake()
	a.want(t, 2, 2, 1)
	b.want(t, 1, 1, 1)
}

func TestAtomicWakerTake(t *testing.T) {
	var k task
	var cell waker.AtomicWaker
	if _, ok := cell.Take(); ok {
		t.Fatal("took a waker out of an empty cell")
	}
	cell.Register(k.waker())
	w, ok := cell.Take()
	if !ok || !w.WillWake(k.waker()) {
		t.Fatal("did not get the waker that was registered")
	}
	k.want(t, 1, 0, 0)
	cell.Wake()
	k.want(t, 1, 0, 0)
	w.Drop()
	k.want(t, 1, 1, 0)
}

// A wake-up that arrives in the middle of Register, here from inside Clone, is
// answered by Register itself.
func TestAtomicWakerWokenDuringRegister(t *testing.T) {
	var cell waker.AtomicWaker
	var k task
	table := taskVTable
	table.Clone = func(p unsafe.Pointer) waker.RawWaker {
		cell.Wake()
		if _, ok := cell.Take(); ok {
			t.Error("Take reached into a cell that is being written")
		}
		return taskVTable.Clone(p)
	}
	cell.Register(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(&k), VTable: &table}))
	k.want(t, 1, 1, 1)
	cell.Wake()
	k.want(t, 1, 1, 1)
}

// Whoever finds the cell in another's hands cannot leave its waker: its task is woken
// at once, to try again. Here it comes from inside the Clone of the waker registered.
func TestAtomicWakerRegisterFindsTheCellTaken(t *testing.T) {
	var cell waker.AtomicWaker
	var first, second task
	table := taskVTable
	table.Clone = func(p unsafe.Pointer) waker.RawWaker {
		cell.Register(second.waker())
		return taskVTable.Clone(p)
	}
	cell.Register(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(&first), VTable: &table}))
	second.want(t, 0, 0, 1)
	cell.Wake()
	first.want(t, 1, 1, 1)
}

// A Clone that panics leaves the cell as it was, and open: also for a wake-up that came
// while it was called. So does one that calls runtime.Goexit.
func TestAtomicWakerCloneThatPanics(t *testing.T) {
	for name, leave := range map[string]func(){"panic": func() { panic("clone") }, "Goexit": runtime.Goexit} {
		for _, woken := range []bool{false, true} {
			var cell waker.AtomicWaker
			var old, bad, next task
			table := taskVTable
			table.Clone = func(unsafe.Pointer) waker.RawWaker {
				if woken {
					cell.Wake()
				}
				leave()
				return waker.RawWaker{}
			}
			cell.Register(old.waker())
			var registering sync.WaitGroup
			registering.Go(func() {
				defer func() { recover() }()
				cell.Register(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(&bad), VTable: &table}))
				t.Errorf("%s: Register returned", name)
			})
			registering.Wait()
			if woken {
				old.want(t, 1, 1, 1)
			} else {
				old.want(t, 1, 0, 0)
			}
			cell.Register(next.waker())
			next.want(t, 1, 0, 0) // no wake-up, as there is from a cell that is locked
			cell.Wake()
			next.want(t, 1, 1, 1)
			bad.want(t, 0, 0, 0)
		}
	}
}

// A Drop that panics has no part in the registration: the new waker is in the cell.
func TestAtomicWakerDropThatPanics(t *testing.T) {
	var cell waker.AtomicWaker
	var old, next task
	table := taskVTable
	table.Clone = func(p unsafe.Pointer) waker.RawWaker { return waker.RawWaker{Data: p, VTable: &table} }
	table.Drop = func(unsafe.Pointer) { panic("drop") }
	cell.Register(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(&old), VTable: &table}))
	func() {
		defer func() {
			if recover() != "drop" {
				t.Error("the panic does not reach the caller")
			}
		}()
		cell.Register(next.waker())
	}()
	cell.Register(next.waker())
	next.want(t, 1, 0, 0)
	cell.Wake()
	next.want(t, 1, 1, 1)
}

// No wake-up is lost: a poller that registers, looks at the value, and sleeps until
// it is woken, sees every value that many threads publish before they wake it.
func TestAtomicWakerLosesNoWakeup(t *testing.T) {
	threads, rounds := 8, 3000
	if testing.Short() {
		rounds = 300
	}
	var cell waker.AtomicWaker
	var published word.Int32
	token := make(chan struct{}, 1)
	w := waker.FromFunc(func() {
		select {
		case token <- struct{}{}:
		default:
		}
	})
	var wakers sync.WaitGroup
	for range threads {
		wakers.Go(func() {
			for range rounds {
				published.Inc()
				cell.Wake()
			}
		})
	}
	for {
		cell.Register(w)
		if published.Load() == int32(threads*rounds) {
			break
		}
		<-token // hangs if a wake-up is lost
	}
	wakers.Wait()
}

// However Register, Wake and Take race, each clone is given up exactly once.
func TestAtomicWakerGivesUpEveryCloneOnce(t *testing.T) {
	const threads, rounds = 6, 3000
	var tasks [2]task
	var cell waker.AtomicWaker
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			for range rounds {
				if i%3 != 0 {
					cell.Wake()
				} else if w, ok := cell.Take(); ok {
					w.Drop()
				}
			}
		})
	}
	for i := range threads * rounds {
		cell.Register(tasks[i%2].waker())
	}
	all.Wait()
	if w, ok := cell.Take(); ok {
		w.Drop()
	}
	for i := range tasks {
		if c, e := tasks[i].clones.Load(), tasks[i].ends.Load(); c != e || c == 0 {
			t.Errorf("task %d: %d clones, %d given up", i, c, e)
		}
	}
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	var k task
	var cell waker.AtomicWaker
	budget := waker.NewBudget(1 << 30)
	cx := waker.NewContext(k.waker(), nil, &budget)
	for name, fn := range map[string]func(){
		"Clone and Drop":    func() { c := cx.Waker().Clone(); c.Drop() },
		"Register and Wake": func() { cell.Register(cx.Waker()); cell.Wake() },
		"Register again":    func() { cell.Register(cx.Waker()) },
		"Spend":             func() { cx.Spend() },
		"WithWaker":         func() { c := cx.WithWaker(waker.Noop()); c.Spend() },
	} {
		if n := testing.AllocsPerRun(100, fn); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkRegisterWake(b *testing.B) {
	var k task
	var cell waker.AtomicWaker
	for b.Loop() {
		cell.Register(k.waker())
		cell.Wake()
	}
}

func BenchmarkRegisterAgain(b *testing.B) {
	var k task
	var cell waker.AtomicWaker
	for b.Loop() {
		cell.Register(k.waker())
	}
}
