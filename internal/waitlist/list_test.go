package waitlist

import (
	"fmt"
	"testing"
	"unsafe"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// person waits in a line; its wakers are counted.
type person struct {
	node        Node
	kept, wakes word.Int32
	onWake      func()
}

var personVTable waker.VTable

func init() {
	personVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			(*person)(p).kept.Inc()
			return waker.RawWaker{Data: p, VTable: &personVTable}
		},
		Wake: func(p unsafe.Pointer) {
			(*person)(p).kept.Dec()
			(*person)(p).wakes.Inc()
			if f := (*person)(p).onWake; f != nil {
				f()
			}
		},
		WakeByRef: func(p unsafe.Pointer) { (*person)(p).wakes.Inc() },
		Drop:      func(p unsafe.Pointer) { (*person)(p).kept.Dec() },
	}
}

func (p *person) waker() waker.Waker {
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(p), VTable: &personVTable})
}

func (p *person) wait(l *List) State { return l.Wait(&p.node, p.waker()) }

// line is a list with n persons in it.
func line(t *testing.T, n int) (l *List, ps []*person) {
	l = new(List)
	for range n {
		p := new(person)
		if s := p.wait(l); s != Waiting {
			t.Fatalf("Wait returned %d", s)
		}
		ps = append(ps, p)
	}
	return l, ps
}

// want checks who is woken and how many clones each has left.
func want(t *testing.T, ps []*person, wakes, kept string) {
	t.Helper()
	var w, k []int32
	for _, p := range ps {
		w, k = append(w, p.wakes.Load()), append(k, p.kept.Load())
	}
	if fmt.Sprint(w) != wakes || fmt.Sprint(k) != kept {
		t.Fatalf("woken %v, want %v; clones kept %v, want %v", w, wakes, k, kept)
	}
}

func TestNotifyOneKeepsTheOrder(t *testing.T) {
	l, ps := line(t, 3)
	want(t, ps, "[0 0 0]", "[1 1 1]")
	for i, wakes := range []string{"[1 0 0]", "[1 1 0]", "[1 1 1]"} {
		if !l.NotifyOne(nil) {
			t.Fatalf("nobody found at the %dth time", i)
		}
		want(t, ps, wakes, fmt.Sprint([]int{0, min(1, max(0, 1-i)), max(0, min(1, 2-i))}))
	}
	if l.NotifyOne(nil) {
		t.Error("somebody found in an empty line")
	}
	for i, p := range ps {
		if s := p.wait(l); s != Notified {
			t.Errorf("%d: Wait returned %d, want Notified", i, s)
		}
		if s := p.wait(l); s != Waiting {
			t.Errorf("%d: a node that was notified cannot wait again: %d", i, s)
		}
	}
	want(t, ps, "[1 1 1]", "[1 1 1]")
}

func TestWhoLeavesIsNotNotified(t *testing.T) {
	for leaver := range 4 {
		l, ps := line(t, 4)
		if l.Leave(&ps[leaver].node) {
			t.Errorf("%d: had not been notified", leaver)
		}
		l.NotifyAll(nil)
		for i, p := range ps {
			wakes := int32(1)
			if i == leaver {
				wakes = 0
			}
			if p.wakes.Load() != wakes || p.kept.Load() != 0 {
				t.Errorf("%d left: %d was woken %d times, %d clones kept", leaver, i, p.wakes.Load(), p.kept.Load())
			}
		}
	}
}

func TestWhoLeavesKnowsThatItWasItsTurn(t *testing.T) {
	l, ps := line(t, 2)
	l.NotifyOne(nil)
	if !l.Leave(&ps[0].node) {
		t.Error("a turn is lost")
	}
	if l.Leave(&ps[0].node) {
		t.Error("a turn is handed on twice")
	}
	l.NotifyOne(nil)
	want(t, ps, "[1 1]", "[0 0]")
	if s := ps[1].wait(l); s != Notified {
		t.Errorf("Wait returned %d", s)
	}
}

func TestAnotherWakerTakesThePlace(t *testing.T) {
	l, ps := line(t, 2)
	other := new(person)
	if s := l.Wait(&ps[0].node, other.waker()); s != Waiting {
		t.Fatalf("Wait returned %d", s)
	}
	if s := l.Wait(&ps[0].node, other.waker()); s != Waiting { // the same again
		t.Fatalf("Wait returned %d", s)
	}
	want(t, append(ps, other), "[0 0 0]", "[0 1 1]")
	l.NotifyOne(nil) // and not the place in line
	want(t, append(ps, other), "[0 0 1]", "[0 1 0]")
}

func TestCloseEndsAllWaits(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 100} {
		l, ps := line(t, n)
		late := new(person)
		if n > 0 {
			ps[0].onWake = func() {
				if s := late.wait(l); s != Closed {
					t.Errorf("of %d: joined a list that is being closed: %d", n, s)
				}
			}
		}
		if l.Closed() {
			t.Error("closed from the start")
		}
		l.Close(nil)
		l.Close(nil)
		if !l.Closed() || l.NotifyOne(nil) {
			t.Error("not closed, or somebody waits")
		}
		for i, p := range append(ps, late) {
			if p != late && p.wakes.Load() != 1 || p.kept.Load() != 0 {
				t.Fatalf("%d of %d: woken %d times, %d clones kept", i, n, p.wakes.Load(), p.kept.Load())
			}
			if s := p.wait(l); s != Closed {
				t.Fatalf("%d of %d: Wait returned %d", i, n, s)
			}
			if l.Leave(&p.node) {
				t.Fatal("a closed list has a turn to hand on")
			}
		}
	}
}

// A waker that comes back to the list must not find it locked, and one that panics must not
// keep the others from their turn.
func TestWakersMayDoAnything(t *testing.T) {
	for _, n := range []int{1, 3, 20} {
		l, ps := line(t, n)
		reports := 0
		again := make([]person, n)
		for i, p := range ps {
			p.onWake = func() {
				again[i].wait(l)
				if i%2 == 0 {
					panic("a waker")
				}
			}
		}
		l.NotifyAll(func(v any, _ []byte) { reports++ })
		for i, p := range ps {
			if p.wakes.Load() != 1 || again[i].node.State() == Out {
				t.Fatalf("%d of %d: woken %d times, came again: %v", i, n, p.wakes.Load(), again[i].node.State())
			}
		}
		if reports != (n+1)/2 {
			t.Errorf("%d panics of %d reported", reports, (n+1)/2)
		}
	}
}

// Those who come back at once are not woken for ever by one NotifyAll.
func TestNotifyAllEnds(t *testing.T) {
	l, ps := line(t, 30)
	total := 0
	for _, p := range ps {
		p.onWake = func() {
			total++
			if s := p.wait(l); s != Notified {
				t.Errorf("Wait returned %d", s)
			}
			p.wait(l)
		}
	}
	l.NotifyAll(nil)
	if total != 30 {
		t.Errorf("%d wake-ups of 30", total)
	}
}

// A waker is called without the lock: it may come back to the list.
func TestNotifyOneLetsItsWakerComeBack(t *testing.T) {
	l, ps := line(t, 1)
	again := new(person)
	ps[0].onWake = func() {
		if s := again.wait(l); s != Waiting {
			t.Errorf("Wait returned %d", s)
		}
	}
	l.NotifyOne(nil)
	want(t, append(ps, again), "[1 0]", "[0 1]")
}

func TestCloneThatPanicsChangesNothing(t *testing.T) {
	l, ps := line(t, 1)
	table := personVTable
	table.Clone = func(unsafe.Pointer) waker.RawWaker { panic("a clone") }
	bad := new(person)
	for _, n := range []*Node{&bad.node, &ps[0].node} {
		func() {
			defer func() {
				if recover() != "a clone" {
					t.Error("the panic does not reach the poll")
				}
			}()
			l.Wait(n, waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(bad), VTable: &table}))
		}()
	}
	if bad.node.State() != Out || !l.NotifyOne(nil) {
		t.Error("the list is not as before")
	}
	want(t, ps, "[1]", "[0]")
}

func TestMovedWhileWaiting(t *testing.T) {
	l, ps := line(t, 1)
	p := reflectCopy(ps[0])
	for name, f := range map[string]func(){
		"Wait":  func() { p.wait(l) },
		"Leave": func() { l.Leave(&p.node) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s of a node that was copied in line", name)
				}
			}()
			f()
		}()
	}
}

// reflectCopy copies what go vet would not let us copy.
func reflectCopy(p *person) *person {
	c := new(person)
	*(*[unsafe.Sizeof(*p)]byte)(unsafe.Pointer(c)) = *(*[unsafe.Sizeof(*p)]byte)(unsafe.Pointer(p))
	return c
}

func TestMark(t *testing.T) {
	var l List
	m := new(Node)
	if l.Marked() != nil {
		t.Error("a mark in a new list")
	}
	if l.Mark(m); l.Marked() != m {
		t.Error("the mark is gone")
	}
	l, ps := List{}, new(person)
	ps.wait(&l)
	if l.Marked() != nil {
		t.Error("who waits is taken for a mark")
	}
	l.Close(nil)
	if l.Marked() != nil {
		t.Error("a closed list has a mark")
	}
}

func TestAllocatesNothing(t *testing.T) {
	var l, c List
	var a, b person
	cases := map[string]func(){
		"Wait and Leave": func() { a.wait(&l); a.wait(&l); l.Leave(&a.node) },
		"Wait and NotifyOne": func() {
			a.wait(&l)
			b.wait(&l)
			l.NotifyOne(nil)
			l.NotifyOne(nil)
			a.wait(&l)
			b.wait(&l)
		},
		"Wait and NotifyAll": func() { a.wait(&l); b.wait(&l); l.NotifyAll(nil); a.wait(&l); b.wait(&l) },
		"Wait and Close": func() {
			c = List{}
			a.wait(&c)
			b.wait(&c)
			c.Close(nil)
			a.wait(&c)
			b.wait(&c)
		},
	}
	for name, f := range cases {
		l.Leave(&a.node)
		l.Leave(&b.node)
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if s := unsafe.Sizeof(l); s != unsafe.Sizeof(uintptr(0)) {
		t.Errorf("a list has %d bytes", s)
	}
}
