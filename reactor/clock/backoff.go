package clock

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/magpie-go/magpie/waker"
)

// Backoff is how long [Retry] waits between two tries, and when it gives up. The zero Backoff waits
// 100 ms, then twice as long each time, up to 30 s, each by a chance between that and nothing, and goes
// on for ever.
type Backoff struct {
	// First is the wait after the first try, before chance has its say: 100 ms if it is 0.
	First time.Duration
	// Factor is by how much each wait is longer than the one before: 2 if it is 0. With 1 all are alike.
	Factor float64
	// Max is the longest wait: 30 s if it is 0, or First if that is more.
	Max time.Duration
	// Jitter is what chance does to a wait.
	Jitter Jitter
	// Tries is how many there are at most: no limit if it is 0.
	Tries int
	// Within is the time after the first try has begun in which all must: a wait that would go beyond
	// it is not begun. No limit if it is 0. A try that is under way is not cut short: see [Timeout].
	Within time.Duration
	// Retry reports whether it is worth to try again after an error: nil stands for always.
	Retry func(err error) bool
	// Rand returns a number of chance, at least 0 and less than 1. It is called inside polls, by one
	// thread at a time. nil stands for the chance of the executor, see [waker.Context.Rand].
	Rand func() float64
}

// Jitter is what chance does to a wait, so that those that failed together do not try again together.
type Jitter uint8

const (
	// FullJitter waits for anything between nothing and the whole.
	FullJitter Jitter = iota
	// EqualJitter waits for one half, and for anything between nothing and the other half.
	EqualJitter
	// NoJitter waits for the whole.
	NoJitter
)

// check panics for what makes no sense, and returns the rest with its defaults.
func (b Backoff) check() Backoff {
	switch {
	case b.First < 0 || b.Max < 0 || b.Within < 0:
		panic(fmt.Sprintf("clock: a Backoff with First %v, Max %v, Within %v: pass 0 for the default, or more", b.First, b.Max, b.Within))
	case b.Factor != 0 && !(b.Factor >= 1 && b.Factor < math.Inf(1)):
		panic(fmt.Sprintf("clock: a Backoff with Factor %v: pass 0 for 2, or 1 or more", b.Factor))
	case b.Tries < 0:
		panic(fmt.Sprintf("clock: a Backoff of %d tries: pass 0 for no limit, or more", b.Tries))
	case b.Jitter > NoJitter:
		panic(fmt.Sprintf("clock: a Backoff with Jitter %d: pass FullJitter, EqualJitter or NoJitter", b.Jitter))
	}
	if b.First == 0 {
		b.First = 100 * time.Millisecond
	}
	if b.Factor == 0 {
		b.Factor = 2
	}
	if b.Max == 0 {
		b.Max = max(30*time.Second, b.First)
	}
	return b
}

// Delay returns how long to wait after try number n, from 1. Without a Rand chance is math/rand/v2's.
func (b Backoff) Delay(n int) time.Duration {
	if n < 1 {
		panic(fmt.Sprintf("clock: Delay after try %d: they are counted from 1", n))
	}
	b = b.check()
	if b.Rand == nil {
		return b.delay(n, rand.Float64)
	}
	return b.delay(n, b.Rand)
}

func (b *Backoff) delay(n int, chance func() float64) time.Duration {
	d := float64(b.First) * math.Pow(b.Factor, float64(n-1))
	whole := b.Max
	if d < float64(b.Max) { // and if it is no infinity
		whole = time.Duration(d)
	}
	switch b.Jitter {
	case FullJitter:
		return time.Duration(chance() * float64(whole))
	case EqualJitter:
		half := whole / 2
		return whole - half + time.Duration(chance()*float64(half))
	}
	return whole
}

// delayIn is Delay in a poll.
func (b *Backoff) delayIn(cx *waker.Context, n int) time.Duration {
	if b.Rand != nil {
		return b.delay(n, b.Rand)
	}
	return b.delay(n, func() float64 { return float64(cx.Rand()>>11) / (1 << 53) })
}
