package sched

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched/topology"
)

// Runtime is a set of workers and the tasks they run. Its methods are safe for use by
// many threads. It is ended by Shutdown.
type Runtime struct {
	_        word.Align64
	begun    word.Uint64 // spawnings from outside that were begun, see shutdown.go
	injected word.Uint64 // tasks spawned from outside
	wakes    word.Uint64
	refused  word.Uint64 // futures that came after the end of spawning
	// wakerPanics counts the wakers of others that panicked.
	wakerPanics word.Uint64
	hookPanics  word.Uint64
	// wokenOutside is when a thread that is no worker last had to wake one.
	wokenOutside word.Int64

	workers    []*worker // each is its own thread's; others look at peers
	peers      []*peer   // the same workers
	onCore     []uint16  // the worker pinned to each core, by id + 1; written before New returns
	idle       idle
	identities identities
	coroutines word.Bool   // an async function has run here
	phase      word.Uint32 // see shutdown.go
	tellsSpawn bool        // there is a hook for it, or waits are measured
	waits      bool        // it is measured for how long tasks are queued
	monitor    *monitor
	outside    *forkjoin.Worker // see fork.go
	sim        *simulation      // or nil, see sim.go

	config  Config
	started time.Time
	limits  []string // written before New returns

	reports    reporter
	running    sync.WaitGroup // workers and monitor
	lowerProcs func()
	ending     ending
	report     wake.Report // reportWaker, bound once
}

// New makes a runtime and starts its workers. It fails if the configuration is wrong or a
// worker's reactor cannot be made, for want of descriptors, say; what is merely better to
// have is told by [Metrics].Limits instead.
func New(config Config) (*Runtime, error) {
	topo, err := topology.Discover()
	if err != nil {
		return nil, fmt.Errorf("sched: %w", err)
	}
	config, err = config.complete(topo.DefaultWorkers())
	if err != nil {
		return nil, err
	}
	n := config.Workers
	rt := newRuntime(config)
	for i := range n {
		r, err := reactor.New()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sched: worker %d of %d: %w", i, n, err), rt.closeReactors())
		}
		r.OnWakerPanic(rt.report)
		rt.addWorker(newWorker(rt, i, r))
	}
	plan := config.CPUs
	if plan == nil {
		plan = topo.Plan(n)
	}
	rt.limits = crowding(topo, n)
	if limit := rt.workers[0].reactor.Limit(); limit != "" {
		rt.limits = append(rt.limits, limit)
	}
	rt.chooseVictims(topo, plan)
	rt.startWorkers(plan)
	return rt, nil
}

// newRuntime returns a runtime of a complete config that has no workers yet.
func newRuntime(c Config) *Runtime {
	rt := &Runtime{config: c, started: time.Now(), idle: newIdle(c.Workers), identities: newIdentities(c.Workers)}
	rt.report = rt.reportWaker
	rt.tellsSpawn, rt.waits = c.Hooks.Spawn != nil || c.Timing.Waits, c.Timing.Waits
	rt.ending.init()
	rt.monitor = newMonitor(rt)
	rt.outside = forkjoin.NewForeign(outside{rt})
	return rt
}

func (rt *Runtime) addWorker(w *worker) {
	rt.workers, rt.peers = append(rt.workers, w), append(rt.peers, &w.peer)
}

// chooseVictims tells each worker whom to steal from, the nearest first.
func (rt *Runtime) chooseVictims(topo *topology.Topology, plan []int) {
	for i, w := range rt.workers {
		for _, ids := range topo.Victims(plan, i) {
			var tier []*peer
			for _, j := range ids {
				tier = append(tier, rt.peers[j])
			}
			w.victims = append(w.victims, tier)
		}
	}
}

// startWorkers starts the workers and the monitor and waits until each is pinned.
func (rt *Runtime) startWorkers(plan []int) {
	var limit string
	rt.lowerProcs, limit = raiseProcs(rt.config.Workers + rt.config.SpareProcs)
	if limit != "" {
		rt.limits = append(rt.limits, limit)
	}
	n := len(rt.workers)
	refusals := make([]error, n)
	var pinned sync.WaitGroup
	pinned.Add(n)
	rt.running.Add(n + 1)
	for i, w := range rt.workers {
		go w.live(plan[i], func(err error) {
			refusals[i] = err
			pinned.Done()
		})
	}
	pinned.Wait()
	for i, err := range refusals {
		if err != nil {
			rt.limits = append(rt.limits, fmt.Sprintf("worker %d is not pinned to core %d: %v", i, plan[i], err))
		}
	}
	for _, w := range rt.workers {
		if w.pinned >= 0 {
			rt.onCore = append(rt.onCore, make([]uint16, max(w.pinned+1-len(rt.onCore), 0))...)
			rt.onCore[w.pinned] = uint16(w.id) + 1
		}
	}
	go rt.monitor.run()
}

// live is a worker's goroutine, from start to end. It tells pinned what came of pinning
// its thread.
func (w *worker) live(cpu int, pinned func(error)) {
	defer w.rt.running.Done()
	// The lock first: a locked thread is not the parent of new ones, which would inherit
	// its mask.
	runtime.LockOSThread()
	leave := w.enter()
	w.goroutine = goroutineHere()
	var restore func() error
	var err error
	if !w.rt.config.NoPin {
		if restore, err = topology.Pin(cpu); err == nil {
			w.pinned = cpu
		}
	}
	tardy := sys.Prompt()
	w.slept = w.rt.now() // it was not there before
	w.awake(w.slept)     // its very first poll may be a long one
	pinned(err)
	// Deferred, for a poll may have called runtime.Goexit, see recover.go; and after that
	// the process's first thread would stay, pinned, for ever.
	defer func() {
		tardy()
		if w.pinned < 0 || restore() == nil {
			runtime.UnlockOSThread()
		} // else the thread cannot be given back as it was: it ends with its goroutine
	}()
	defer leave()
	defer w.tellStop()
	w.main()
}

// now returns the time since the runtime was made. It is never 0.
func (rt *Runtime) now() time.Duration { return time.Since(rt.started) + 1 }

// check ends the process if a worker's reactor fails: its epoll descriptor was closed by
// somebody, and no wake-up would ever come again.
func (rt *Runtime) check(err error) {
	if err != nil {
		panic(fmt.Errorf("sched: a worker's reactor failed: %w", err))
	}
}

func (rt *Runtime) closeReactors() error {
	var errs []error
	for _, w := range rt.workers {
		errs = append(errs, w.reactor.Close())
		if rt.sim != nil {
			break // it is that of all
		}
	}
	return errors.Join(errs...)
}

// Name returns Config.Name: "" unless it was given one.
func (rt *Runtime) Name() string {
	rt.mustBe()
	return rt.config.Name
}

// Workers returns the number of workers.
func (rt *Runtime) Workers() int {
	rt.mustBe()
	return len(rt.workers)
}
