package future

import (
	"errors"
	"sync"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of BlockingPool.
//
// A call is pushed to the inbox (see deque.Inbox) by threads that must not
// block; the pool's goroutines, which may, take the whole list under mu, turn it
// round into `line`, and serve that in order. `queued` counts the calls pushed and
// not yet taken, `running` the goroutines there are.
//
//	submit   count the call in queued; push; start a goroutine if running < limit
//	a goroutine that finds nothing
//	         leaves running; looks at queued again; comes back if it is not 0
//
// Invariant: while fewer than limit goroutines run, no call waits that nobody is
// about to look for. A call submitted while running was at the limit was counted
// before running was read, so the goroutine that leaves running afterwards sees it.
//
// Close sets `closed` and empties the queue; submit looks at closed after the push:
// one of the two finds the call.
//
// A call that is dropped while it waits gives its place up at once, but stays in the list:
// `gone` counts those, until they are taken. When they are half of what is queued, whoever
// drops the next one takes them out, if mu is free; so a pool whose functions do not return
// keeps no more of the calls that were given up than of those that wait, and a few.
//
// Goroutines end as soon as nothing waits, instead of idling: the Go runtime keeps
// the stacks and threads of ended goroutines for the next ones, and a second cache
// on top of it saves nothing and leaves goroutines behind in every test. Rejected: a
// channel as the queue, which at its bound blocks the submitting thread.

// DefaultBlockingLimit is how many functions run at once on a pool whose Limit is 0.
// It is that of tokio's blocking pool: enough to keep a disk array busy, few enough
// that a thread each is affordable.
const DefaultBlockingLimit = 512

// ErrPoolFull is the error of a call that found a [BlockingPool] busy and its line full.
var ErrPoolFull = errors.New("future: BlockingPool: as many functions run as its Limit allows, and as many wait as its Queue does")

// BlockingPool runs functions that block on goroutines of their own, at most Limit
// at once; more wait in line, in order. The zero value is ready to use. It holds
// goroutines only while there is something to run.
//
// Functions that may wait for each other, or for the same thing for ever, do not belong
// into one pool with those that always come to an end: Limit of them would stop it.
type BlockingPool struct {
	_ word.NoCopy
	_ word.Align64
	// Limit is how many functions run at once, and so how many threads they may
	// hold; 0 stands for DefaultBlockingLimit. It is set before the first use.
	Limit int
	// Queue is how many calls may wait in line while Limit functions run; further ones
	// fail with ErrPoolFull. 0 stands for no bound. It is set before the first use.
	Queue int

	full    word.Int64 // calls that found no goroutine free; at a multiple of 8, after two ints
	refused word.Int64 // calls that failed with ErrPoolFull
	inbox   deque.Inbox[blockingTask, *blockingTask]
	queued  word.Int32
	running word.Int32
	gone    word.Int32 // calls that were dropped, of those queued or just taken
	inside  word.Int32 // calls that run or wait, if there is a Queue
	closed  word.Bool

	mu     word.Mutex
	line   *blockingTask
	leaver sync.Cond // told when running becomes 0; its L is &mu while Close waits
}

// blockingTask is a call as the pool sees it.
type blockingTask struct {
	link deque.Link[blockingTask] // in the inbox
	next *blockingTask            // in the line
	call blockingCall
}

// InboxLink makes a blockingTask fit for a deque.Inbox.
func (t *blockingTask) InboxLink() *deque.Link[blockingTask] { return &t.link }

// blockingCall is a function to run, whatever its type of value.
type blockingCall interface {
	// Either reports whether it was still wanted.
	run() bool             // and say that it has left
	cancel(err error) bool // it will not be run
	dropped() bool
}

// goneAtLeast is how many dropped calls are worth taking out of the list.
const goneAtLeast = 64

// BlockingStats is how a pool is doing. The numbers are read one after the other.
type BlockingStats struct {
	Limit   int // functions that may run at once
	Running int // goroutines that run them
	Waiting int // calls in line
	// Delayed counts the calls since the pool was made that found Limit functions running,
	// and Refused those of them that failed with ErrPoolFull.
	Delayed, Refused int64
}

// Stats returns how the pool is doing. A pool whose Running stays at Limit while Waiting
// grows is stopped by its functions.
func (p *BlockingPool) Stats() BlockingStats {
	notNil(p != nil, "Stats", "BlockingPool", aPool)
	return BlockingStats{
		Limit:   int(p.limit()),
		Running: int(p.running.Load()),
		Waiting: int(max(p.queued.Load()-p.gone.Load(), 0)),
		Delayed: p.full.Load(),
		Refused: p.refused.Load(),
	}
}

// admit counts a call among those that run or wait, if there is room for it. Without a
// Queue there is, and nothing is counted.
func (p *BlockingPool) admit() bool {
	if p.Queue == 0 {
		return true
	}
	if int64(p.inside.Inc())-int64(p.limit()) <= int64(p.Queue) {
		return true
	}
	p.left()
	return false
}

// left is called when an admitted call has ended, before anybody is told: who then makes the
// next one finds its place free.
func (p *BlockingPool) left() {
	if p.Queue != 0 {
		p.inside.Dec()
	}
}

func (p *BlockingPool) limit() int32 {
	switch {
	case p.Queue < 0:
		panic("future: BlockingPool with a negative Queue; it is the number of calls that may wait, 0 for no bound")
	case p.Limit < 0:
		panic("future: BlockingPool with a negative Limit; it is the number of functions that run at once, 0 for the default")
	case p.Limit == 0:
		return DefaultBlockingLimit
	}
	return int32(min(p.Limit, 1<<30))
}

// submit does not block.
func (p *BlockingPool) submit(t *blockingTask) {
	if p.enqueue(t) {
		go p.work()
	}
}

// enqueue puts t in line and reports whether a goroutine is to be started, for which a
// place is taken then.
func (p *BlockingPool) enqueue(t *blockingTask) (start bool) {
	if !p.admit() {
		p.full.Inc()
		p.refused.Inc()
		t.call.cancel(ErrPoolFull)
		return false
	}
	p.queued.Inc()
	p.inbox.Push(t)
	if p.closed.Load() {
		p.cancelQueued()
		return false
	}
	if !p.join() {
		p.full.Inc()
		return false
	}
	return true
}

// join takes a place among the running goroutines, if there is one.
func (p *BlockingPool) join() bool {
	limit := p.limit()
	for {
		n := p.running.Load()
		if n >= limit {
			return false
		}
		if p.running.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// work runs calls until nothing waits. Its caller has taken a place for it.
func (p *BlockingPool) work() {
	finished := false
	defer func() {
		if !finished { // a function called runtime.Goexit; somebody must take this place
			go p.work()
		}
	}()
	p.serve()
	finished = true
}

// serve is what work does, if no function calls runtime.Goexit.
func (p *BlockingPool) serve() {
	for {
		if t := p.take(); t != nil {
			if p.closed.Load() {
				p.cancel(t)
			} else {
				p.run(t)
			}
			continue
		}
		if p.leave(); p.queued.Load() == 0 || !p.join() {
			return
		}
		word.Spin() // a call was counted; if it is still not there, its push comes next
	}
}

// leave gives a place up.
func (p *BlockingPool) leave() {
	p.mu.Lock()
	if p.running.Dec() == 0 && p.leaver.L != nil {
		p.leaver.Broadcast()
	}
	p.mu.Unlock()
}

// pushed empties the inbox and returns what was in it as a line, the oldest first.
func (p *BlockingPool) pushed() (oldest *blockingTask) {
	l := p.inbox.TakeAll()
	end := &oldest
	for t := l.Next(); t != nil; t = l.Next() {
		*end, end = t, &t.next
	}
	return oldest
}

// giveUp is told of a call that was dropped while it waited. It does not block.
func (p *BlockingPool) giveUp() {
	p.left()
	if gone := p.gone.Inc(); gone >= goneAtLeast && 2*gone >= p.queued.Load() && p.mu.TryLock() {
		p.sweep()
		p.mu.Unlock()
	}
}

// sweep takes the calls that were dropped out of the list, for the holder of mu.
func (p *BlockingPool) sweep() {
	end := &p.line
	for next := p.pushed; ; next = nil {
		for *end != nil {
			if t := *end; t.call.dropped() {
				*end, t.next = t.next, nil
				p.queued.Dec()
				p.gone.Dec()
			} else {
				end = &t.next
			}
		}
		if next == nil {
			return
		}
		*end = next()
	}
}

// take returns the call that has waited longest, or nil.
func (p *BlockingPool) take() *blockingTask {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.line == nil {
		p.line = p.pushed()
	}
	t := p.line
	if t != nil {
		p.line, t.next = t.next, nil
		p.queued.Dec()
	}
	return t
}

func (p *BlockingPool) cancelQueued() {
	for t := p.take(); t != nil; t = p.take() {
		p.cancel(t)
	}
}

// run calls a function, which may end the goroutine.
func (p *BlockingPool) run(t *blockingTask) {
	if !t.call.run() {
		p.gone.Dec()
	}
}

func (p *BlockingPool) cancel(t *blockingTask) {
	if t.call.cancel(ErrClosed) {
		p.left()
	} else {
		p.gone.Dec()
	}
}

// Close waits for the functions that are running. Those in line are never run: their
// futures, and those of calls made later, fail with [ErrClosed]. It is idempotent,
// and must not be called by a function that the pool runs.
func (p *BlockingPool) Close() {
	notNil(p != nil, "Close", "BlockingPool", aPool)
	p.closed.Store(true)
	p.cancelQueued()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leaver.L = &p.mu
	for p.running.Load() > 0 {
		p.leaver.Wait()
	}
}
