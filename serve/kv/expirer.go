package kv

import (
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// expirer is the task that deletes keys whose time is over, every tick. Where keys expire at all: else it sleeps.
//
// Protocol: a shard keeps the time of its next key in a word, 0 if there is none. Before it sleeps the expirer sets
// asleep, and then looks at all words once more; whoever changes a word from 0 looks at asleep after that. One of
// them sees the other.
type expirer struct {
	kv      *Server
	started word.Bool
	ended   word.Bool
	asleep  word.Bool
	waker   waker.AtomicWaker
	timer   reactor.Timer
	set     bool
}

const (
	tick    = 100 * time.Millisecond
	atATime = 32   // keys deleted while a shard is locked
	atAPoll = 1024 // and in one poll
)

func (x *expirer) start(sp sched.Spawner) {
	if x.started.CompareAndSwap(false, true) {
		sched.Spawn[future.Unit](sp, x)
	}
}

func (x *expirer) end() {
	x.ended.Store(true)
	x.waker.Wake()
}

// due is called when a shard's next key has changed from none.
func (x *expirer) due() {
	if x.asleep.Load() && x.asleep.CompareAndSwap(true, false) {
		x.waker.Wake()
	}
}

// Poll implements future.Future.
func (x *expirer) Poll(cx *waker.Context) future.Poll[future.Unit] {
	x.waker.Register(cx.Waker())
	for {
		if x.ended.Load() {
			x.Drop()
			return future.Ready(future.Unit{})
		}
		if x.set {
			if x.timer.Poll(cx).IsPending() {
				return future.Pending[future.Unit]()
			}
			x.set = false
			if x.sweep(time.Now().UnixMilli(), atAPoll) == atAPoll {
				x.set = true
				x.timer.Reset(0)
				cx.PollAgain()
				return future.Pending[future.Unit]()
			}
		}
		x.asleep.Store(true)
		if !x.any() {
			return future.Pending[future.Unit]()
		}
		x.asleep.Store(false)
		x.set = true
		x.timer.Reset(tick)
	}
}

// any reports whether any key expires.
func (x *expirer) any() bool {
	for i := range x.kv.shards {
		if x.kv.shards[i].next.Load() != 0 {
			return true
		}
	}
	return false
}

// sweep deletes up to most keys that are over, and returns how many.
func (x *expirer) sweep(now int64, most int) (n int) {
	for i := range x.kv.shards {
		s := &x.kv.shards[i]
		for at := s.next.Load(); at != 0 && at < now && n < most; at = s.next.Load() {
			n += x.sweepShard(s, now, min(atATime, most-n))
		}
	}
	return n
}

func (x *expirer) sweepShard(s *shard, now int64, most int) (n int) {
	s.lock.Lock()
	defer s.lock.Unlock()
	for ; n < most && len(s.due) > 0 && s.due[0].value.at < now; n++ {
		x.kv.expired(s, s.due[0])
	}
	return n
}

// Drop implements future.Dropper.
func (x *expirer) Drop() {
	x.timer.Stop()
	wake.Forget(&x.waker)
}
