package sched

import (
	"fmt"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/faults"
)

// Priority says how a task stands against others of its worker, see [Options]. The zero Priority is Normal.
type Priority int8

const (
	// Low is for what may wait while there is anything else.
	Low Priority = iota - 1
	// Normal is what all tasks have that were spawned without Options.
	Normal
	// High is for what goes first: health checks, control traffic.
	High
)

// How priorities are kept.
//
// A worker has a lane for the tasks of high priority and one for those of low priority, beside the queues of all
// others. While all three have tasks it polls, of maxWait+1 in a row, one of low priority, 8 of normal and 64 of high;
// one that is empty leaves its turns to the others.
//
// Invariant: the task that has waited longest in a lane is polled within maxWait+1 polls of its worker, whatever
// the others hold; twice that if the lane has tasks that are bound and others, which take turns. So nothing starves,
// and the n-th in a lane waits for n times that at most.
//
// A lane is a deque, oldest first, which peers steal from as they do from the run queue, and a queue for the tasks of
// the lane that are bound to the worker. What is woken outside comes through one more inbox, which thieves may
// take as well. rankedEver is false until a worker's lanes are first used, and set before: so those who look for
// work read that word and nothing more while nobody has priorities.
//
// A task whose poll has asked for another one that can wait, see waker.Context.PollAgainLow, stands in the lane of low
// priority once, whatever its own. Its state says nothing of that: only its worker puts it there, and never through an inbox,
// where who takes it in would look at the state.
//
// Lanes order the tasks of one worker. That a worker polls a low task while its peer has a high one in line is
// possible until one that searches has stolen it.
//
// Rejected: strict priorities, which starve; ageing by time, which needs the clock at each poll; and one queue for all
// workers, ordered: a lock that all of them take.
type lanes struct {
	run       [2]*deque.Deque[*header] // low, high
	bound     [2]fifo
	boundLast [2]bool
	turn      int
}

// sharedLanes are the lanes of a worker as other threads see them.
type sharedLanes struct {
	thieves [2]deque.Stealer[*header]
	inbox   inbox
}

// maxWait is how many polls may go before a task that has waited longest in its lane.
const maxWait = 72

const (
	laneLow  = 0
	laneHigh = 1
)

// bits returns a priority as the state of its tasks has it.
func (p Priority) bits() uint32 {
	switch p {
	case Normal:
		return 0
	case Low:
		return low
	case High:
		return high
	}
	panic(fmt.Sprintf("sched: Options.Priority is %d; it must be Low (-1), Normal (0) or High (1)", p))
}

// laneOf returns the lane for the state's bits of a task with a priority.
func laneOf(place uint32) int {
	if place&high != 0 {
		return laneHigh
	}
	return laneLow
}

func (q *queues) initLanes() {
	for i := range q.lanes.run {
		q.lanes.run[i] = deque.NewFIFO[*header](0)
		q.ranked.thieves[i] = q.lanes.run[i].Stealer()
	}
}

// useLanes is called before something is put into the lanes.
func (q *queues) useLanes() {
	q.lanesUsed = true
	if !q.rankedEver.Load() {
		q.rankedEver.Store(true)
	}
}

// pushRanked queues a task that has a priority; place is that of its state.
func (q *queues) pushRanked(h *header, place uint32) {
	q.useLanes()
	if place&bound != 0 {
		q.lanes.bound[laneOf(place)].push(h)
		return
	}
	q.lanes.run[laneOf(place)].Push(h)
}

// nextInLane takes a task of the lane whose turn it is; nil if that has none, or it is the turn of those
// without a priority.
func (q *queues) nextInLane() *header {
	l := &q.lanes
	if l.turn++; l.turn > maxWait {
		l.turn = 0
	}
	switch {
	case l.turn == 0:
		return q.popLane(laneLow)
	case l.turn%9 == 0:
		return nil
	}
	return q.popLane(laneHigh)
}

// lastInLane takes a task of the lanes when there is no other; nil if there is none at all.
func (q *queues) lastInLane() *header {
	h := q.popLane(laneHigh)
	if h == nil {
		h = q.popLane(laneLow)
	}
	if h == nil {
		q.lanesUsed = false
	}
	return h
}

// popLane takes the oldest task of a lane, those that are bound and the others in turns; nil if there is none.
func (q *queues) popLane(i int) *header {
	l := &q.lanes
	if !l.bound[i].empty() {
		if l.boundLast[i] = !l.boundLast[i]; l.boundLast[i] {
			return l.bound[i].pop()
		}
	}
	if h, ok := l.run[i].Pop(); ok {
		return h
	}
	return l.bound[i].pop()
}

// takeInRanked moves what others have pushed to the lanes, and returns how many tasks those were.
func (q *queues) takeInRanked(from *sharedQueues) int {
	if from.ranked.inbox.Empty() {
		return 0
	}
	q.useLanes()
	l := from.ranked.inbox.TakeAll()
	n := l.Len()
	from.sent.Add(-int32(n))
	faults.Point()
	for h := l.Next(); h != nil; h = l.Next() {
		q.pushRanked(h, h.state.place())
	}
	return n
}

// stealLane moves half of a peer's lane to that of the worker, and returns how many tasks.
func (q *queues) stealLane(v *sharedQueues, i int) int {
	if v.ranked.thieves[i].Empty() {
		return 0
	}
	q.useLanes()
	return stealHalf(v.ranked.thieves[i], q.lanes.run[i])
}

// lanesEmpty reports whether there is nothing for others in the lanes.
func (q *sharedQueues) lanesEmpty() bool {
	return !q.rankedEver.Load() || q.ranked.inbox.Empty() && q.ranked.thieves[laneLow].Empty() && q.ranked.thieves[laneHigh].Empty()
}

// boundLen returns how many tasks that are bound to the worker are queued.
func (q *queues) boundLen() int {
	return q.bound.len() + q.lanes.bound[0].len() + q.lanes.bound[1].len()
}

// sendRanked queues a task that has a priority from another thread.
func (q *sharedQueues) sendRanked(h *header) {
	if !q.rankedEver.Load() {
		q.rankedEver.Store(true)
	}
	q.sent.Add(1)
	q.ranked.inbox.Push(h)
}
