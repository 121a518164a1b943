package sched

import (
	"math/bits"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of idle workers.
//
// A worker is busy, searching (looking for something to steal), or asleep (parked in its
// reactor, or about to be). One word counts the searching and the sleeping; which ones
// sleep is a bitmap under a spin lock, off every fast path.
//
//	publish  put work where it can be found; read the word; if nobody searches and
//	         somebody sleeps, wake one, which begins as searching
//	search   a worker without work counts itself as searching, unless half of them do
//	found    it stops counting itself; if it was the last one searching it looks at
//	         everything once more, and if it sees work, it wakes another
//	sleep    it enters the bitmap, counts itself as sleeping and no longer as searching;
//	         then it looks at everything once more before it waits; if it sees work, and
//	         was searching, it searches on: others may have left more to it
//
// "Work" is what came from outside, and a queue that is worth sharing (see share.go): what is
// less is its owner's alone, who is awake.
//
// Invariant: while there is work that a peer could take, a worker is busy or searching, or
// is on its way to being woken. For publishing (write the work, read the word) and going
// to sleep (write the word, read the work) are atomic operations in one order: they cannot
// both miss each other. Either the publisher sees the sleeper; then it wakes one, or
// leaves it to a worker that searches, and that one either finds something, and being the
// last looks again after it has ceased to count, or goes to sleep itself, with a last look.
// Or the sleeper sees the work, and stays awake.
//
// The count of searching workers keeps a burst of small pieces of work from waking
// everybody at once: one worker is woken, finds something, and only then is the next.
//
// Rejected: waking a worker at each publication (7 µs of system call each); waking another
// whenever the last searcher finds something, as Go and tokio do (for a single task, which is
// what most wake-ups from outside are, that is a second worker woken in vain); and having
// only the last searcher look again (a worker that was not allowed to search could sleep
// through a push to its inbox while the searcher turned to a long poll).
type idle struct {
	word    word.Uint32 // searching | sleeping << 16
	workers uint32
	lock    spin.Lock
	asleep  []uint64 // bitmap, under lock
}

const (
	oneSearching uint32 = 1
	oneSleeping  uint32 = 1 << 16
	searchMask          = oneSleeping - 1
)

func newIdle(workers int) idle {
	return idle{workers: uint32(workers), asleep: make([]uint64, (workers+63)/64)}
}

// search lets the calling worker search, unless half of the workers do already.
func (d *idle) search() bool {
	if d.crowded() {
		return false
	}
	d.word.Add(oneSearching)
	return true
}

// crowded reports whether half of the workers search.
func (d *idle) crowded() bool { return 2*(d.word.Load()&searchMask) >= d.workers }

// found ends the calling worker's search and reports whether it was the last one.
func (d *idle) found() (last bool) { return d.word.Add(^(oneSearching-1))&searchMask == 0 }

// sleep counts worker i as sleeping. It must look at everything once more after this.
func (d *idle) sleep(i int, searching bool) {
	d.lock.Lock()
	d.asleep[i/64] |= 1 << (i % 64)
	delta := oneSleeping
	if searching {
		delta -= oneSearching
	}
	d.word.Add(delta)
	d.lock.Unlock()
}

// awake ends the sleep of worker i, the caller, and reports whether it is searching, which
// it is if it was chosen to be woken, or if its last look makes it resume the search.
func (d *idle) awake(i int, resume bool) (searching bool) {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.asleep[i/64]&(1<<(i%64)) == 0 {
		return true
	}
	d.asleep[i/64] &^= 1 << (i % 64)
	delta := ^(oneSleeping - 1)
	if resume {
		delta += oneSearching
	}
	d.word.Add(delta)
	return resume
}

// wanted reports whether somebody sleeps and nobody searches.
func (d *idle) wanted() bool {
	w := d.word.Load()
	return w >= oneSleeping && w&searchMask == 0
}

// choose picks a sleeping worker to be woken, which from then on counts as searching; -1
// if nobody sleeps or somebody searches. Workers are picked near the given one first.
func (d *idle) choose(near int) int {
	if !d.wanted() {
		return -1
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	if !d.wanted() {
		return -1
	}
	i := d.firstAsleep(near)
	d.asleep[i/64] &^= 1 << (i % 64)
	d.word.Add(^(oneSleeping - oneSearching - 1))
	return i
}

// firstAsleep returns a sleeping worker, at or after the given one if there is one. There
// is a sleeping worker at all. Under lock.
func (d *idle) firstAsleep(near int) int {
	n := len(d.asleep)
	first := near / 64
	if w := d.asleep[first] >> (near % 64); w != 0 {
		return near + bits.TrailingZeros64(w)
	}
	for k := 1; ; k++ {
		j := (first + k) % n
		if w := d.asleep[j]; w != 0 {
			return j*64 + bits.TrailingZeros64(w)
		}
	}
}

// sleeping returns how many workers are asleep.
func (d *idle) sleeping() int { return int(d.word.Load() >> 16) }
