//go:build explore && linux && !portable

package sched

import (
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// house is a runtime whose workers are threads of a model: the real workers, with their
// real loop, on reactors that the model can wait in. Time stands still in it.
type house struct {
	*Runtime
	x     *explore.Run
	tasks []*guest
}

func newHouse(x *explore.Run, workers int) *house {
	rt := &Runtime{idle: newIdle(workers), identities: newIdentities(workers)}
	rt.config = Config{Workers: workers, Budget: 128, EventInterval: 1 << 30}
	rt.ending.init()
	rt.monitor = newMonitor(rt)
	for i := range workers {
		w := newWorker(rt, i, reactor.NewModel())
		w.askedAt.Store(int64(rt.now()))
		rt.addWorker(w)
		x.Label(fmt.Sprint("w", i), w)
	}
	for i, w := range rt.workers {
		var tier []*peer
		for j := range workers - 1 {
			tier = append(tier, rt.peers[(i+1+j)%workers])
		}
		if tier != nil {
			w.victims = [][]*peer{tier}
		}
	}
	x.Label("rt", rt)
	return &house{Runtime: rt, x: x}
}

// run makes a thread of worker i, which lives in its loop.
func (h *house) run(i int) { h.as(i, func(w *worker) { w.loop() }) }

// as makes a thread that is worker i and does what f says.
func (h *house) as(i int, f func(w *worker)) {
	w := h.workers[i]
	h.x.Go(fmt.Sprint("worker ", i), func() {
		h.plant(gid.Current(), w)
		w.direct()
		f(w)
	})
}

// plant enters a thread in the table of identities, without operations that would be
// interleaved: threads begin one after the other.
func (h *house) plant(g uintptr, w *worker) {
	t := &h.identities
	for i := t.slot(g); ; i = (i + 1) & (len(t.table) - 1) {
		// Sound: a word of the explorer is as large as what it holds, with nothing before it.
		if p := (*uintptr)(unsafe.Pointer(&t.table[i].g)); *p == gid.None {
			*p = g
			*(**worker)(unsafe.Pointer(&t.table[i].worker)) = w
			return
		}
	}
}

// untilDone accepts that the workers sleep for ever once every task has ended, unless a
// check has something to say against it.
func (h *house) untilDone(checks ...func() string) {
	h.x.WhenStuck(func() string {
		for _, t := range h.tasks {
			if !t.state.isComplete() {
				return fmt.Sprintf("task %d has not ended, state %05b, after %d polls", t.id, t.state.bits.Load(), t.polls)
			}
		}
		for _, check := range checks {
			if bad := check(); bad != "" {
				return bad
			}
		}
		return ""
	})
}

// guest is a task of a model.
type guest struct {
	header
	house *house
	id    int
	f     func(cx *waker.Context) (done bool)
	drop  func() // or nil

	polls   int
	dropped int
	err     error
}

// task makes a task that nobody has queued yet. With a nil function it ends at its first
// poll.
func (h *house) task(f func(cx *waker.Context) bool) *guest {
	t := &guest{house: h, id: len(h.tasks), f: f}
	t.rt, t.self = h.Runtime, t
	t.state.bits.Store(initial)
	h.tasks = append(h.tasks, t)
	h.x.Label(fmt.Sprint("task", t.id), t)
	return t
}

// poll notes the access, so that two polls at once are a data race.
func (t *guest) poll(cx *waker.Context) bool {
	word.Write(unsafe.Pointer(&t.polls))
	t.polls++
	t.house.x.Assert(t.dropped == 0, "task %d is polled after it was dropped", t.id)
	return t.f == nil || t.f(cx)
}

func (t *guest) abandon(err error) {
	word.Write(unsafe.Pointer(&t.polls))
	t.dropped++
	t.house.x.Assert(t.dropped == 1, "task %d is dropped twice", t.id)
	t.err = err
	if t.drop != nil {
		t.drop()
	}
}

func (t *guest) setError(err error) { t.err = err }
func (g *guest) polled() any        { return g }

func (t *guest) waker() waker.Waker { return waker.FromRaw(t.rawWaker()) }
