package future

import (
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/thread"
)

// place is where a coroutine that is given no context may be resumed: on the worker that
// has begun it, or, if that was none, on goroutines that are no workers. The Go runtime
// ends the process otherwise.
//
// The worker knows its own goroutines. That a goroutine is none is found out by a system
// call, once for as long as it is the same one and no worker comes or goes. (If it has ended,
// its identity may be that of a worker's coroutine by then: a mistake that is not found.)
type place struct {
	home   Local
	before uintptr // what runs on home's thread once it is left, see Local
	driver uintptr // without a home: a goroutine that was no worker
	epoch  uint32  // in that epoch of the threads
}

// choose makes this thread the place, and has the task that is polled, if one is, stay here.
func (p *place) choose() {
	if p.home, _ = thread.Current().(Local); p.home != nil {
		p.home.BindHome()
		return
	}
	p.driver, p.epoch = gid.Current(), thread.Epoch()
}

// check panics if this is another place.
func (p *place) check(what string) {
	if p.home != nil {
		if !p.home.Here() {
			panic("future: " + what + " of a generator away from the worker that resumed it first: its goroutine cannot change threads; " +
				"leave it to one task, which stays with that worker")
		}
		return
	}
	g, epoch := gid.Current(), thread.Epoch()
	if epoch == 0 || g == p.driver && g != gid.None && epoch == p.epoch {
		return
	}
	if thread.Current() != nil {
		panic("future: " + what + " on a worker of a generator that began on a goroutine: its own goroutine cannot change threads; " +
			"make it, and resume it first, in the task that goes on with it")
	}
	p.driver, p.epoch = g, epoch
}

// enter tells home that the coroutine with an identity runs, and leave that it does no more.
func (p *place) enter(id uintptr) {
	if p.home != nil {
		p.before = p.home.Switched(id)
	}
}

func (p *place) leave() {
	if p.home != nil {
		p.home.Switched(p.before)
	}
}
