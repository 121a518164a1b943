//go:build faults

package faults

import (
	"runtime"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of the generator: a decision adds to one counter and mixes what it gets,
// as splitmix64 does, so that any number of threads draw from one sequence without
// waiting for each other. Rejected: a generator a thread, for threads come and go, and
// the sequence would differ from run to run even more.
var (
	on      word.Bool
	counter word.Uint64
	counts  [Kinds]word.Uint64
	storm   word.Int32  // calls that would block before the storm is over
	barred  word.Uint32 // a bit for each kind that is not to happen
)

// Enabled reports whether this build can inject faults.
const Enabled = true

// Complete reports whether faults of all kinds are injected on this system.
const Complete = runtime.GOOS == "linux"

// oneIn is how often a fault of each kind happens where it may.
var oneIn = [Kinds]uint64{
	Interrupted: 10,
	WouldBlock:  60,
	Short:       6,
	NoBuffers:   3000,
	NoAccept:    12,
	NoWatch:     50,
	Late:        10,
	Twice:       10,
	Stale:       10,
	Spurious:    10,
	Stop:        20,
}

const (
	longestStorm = 30
	longestStop  = 200 * time.Microsecond
)

// Start begins to inject faults.
func Start(seed uint64) {
	counter.Store(seed)
	for k := range counts {
		counts[k].Store(0)
	}
	storm.Store(0)
	barred.Store(0)
	on.Store(true)
}

// Only allows these kinds and no others, all of them if none is given. One fault may hide
// what another one shows: after a lost wake-up a spurious one puts things right.
func Only(kinds ...Kind) {
	mask := uint32(0)
	if len(kinds) > 0 {
		mask = ^mask
	}
	for _, k := range kinds {
		mask &^= 1 << k
	}
	barred.Store(mask)
	storm.Store(0)
}

// End ends it and returns how many there were of each kind.
func End() (n [Kinds]uint64) {
	on.Store(false)
	for k := range n {
		n[k] = counts[k].Load()
	}
	return n
}

// Count returns how many faults of a kind there were since Start.
func Count(k Kind) uint64 { return counts[k].Load() }

// Draw returns a random number below n.
func Draw(n uint64) uint64 {
	z := counter.Add(0x9E3779B97F4A7C15)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return (z ^ z>>31) % n
}

// Hit reports whether a fault of a kind is to happen now, and counts it.
func Hit(k Kind) bool {
	if !on.Load() || barred.Load()&(1<<k) != 0 || Draw(oneIn[k]) != 0 {
		return false
	}
	counts[k].Inc()
	return true
}

// Point is a place where a thread may be stopped.
func Point() {
	if !Hit(Stop) {
		return
	}
	if Draw(4) > 0 {
		runtime.Gosched()
		return
	}
	time.Sleep(time.Duration(Draw(uint64(longestStop))))
}

var owe = func(fd int, write bool) {}

// OnOwe says who is told of events that are owed. It is set once, by the poller's
// package when it is initialized.
func OnOwe(f func(fd int, write bool)) { owe = f }

// Call decides what becomes of a system call on n bytes: an error instead of it, or how
// many bytes it may move.
func Call(op Op, fd, n int) (int, syscall.Errno) {
	if !on.Load() {
		return n, 0
	}
	if Hit(Interrupted) {
		return 0, syscall.EINTR
	}
	if inStorm() {
		owe(fd, op == Send)
		return 0, syscall.EAGAIN
	}
	switch {
	case op == Accept:
		if Hit(NoAccept) {
			return 0, [...]syscall.Errno{syscall.ENOBUFS, syscall.EMFILE, syscall.ECONNABORTED}[Draw(3)]
		}
	case op == Send && Hit(NoBuffers):
		return 0, syscall.ENOBUFS
	case n > 1 && Hit(Short):
		owe(fd, op == Send)
		return 1 + int(Draw(uint64(n-1))), 0
	}
	return n, 0
}

// inStorm reports whether the call is to answer that it would block, as those after it
// are then likely to.
func inStorm() bool {
	if storm.Load() > 0 && storm.Dec() >= 0 {
		counts[WouldBlock].Inc()
		return true
	}
	if Hit(WouldBlock) {
		storm.Store(int32(Draw(longestStorm)))
		return true
	}
	return false
}
