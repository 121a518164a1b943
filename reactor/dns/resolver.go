package dns

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"net"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Pool is what names are looked up on by resolvers without one of their own. Its Limit and Queue may be set before the first look-up.
var Pool = &future.BlockingPool{Limit: 64}

// defaultSize is how many answers are kept by default: some 200 KB of them.
const defaultSize = 1024

// Resolver looks names up. The zero value is ready, and keeps nothing. Its fields are set before the first look-up. Any number of tasks
// may use it, on any threads. It must not be copied.
type Resolver struct {
	_ word.NoCopy
	// TTL is how long an answer is kept, and NegativeTTL how long it is kept that there is no such name; 0: not at all.
	TTL, NegativeTTL time.Duration
	// Size is how many answers are kept at most; 0 stands for 1024.
	Size int
	// Timeout is how long one look-up may take; 0 stands for no limit but the system's.
	Timeout time.Duration
	// Net is what is asked; nil stands for net.DefaultResolver.
	Net *net.Resolver
	// Pool is what look-ups run on; nil stands for the package's Pool.
	Pool *future.BlockingPool

	lock    spin.Lock
	flights map[question]*flight
	kept    map[question]*list.Element // of answers
	order   list.List                  // the one that was asked for last first
	stats   Stats
}

// Stats is what a resolver has done so far.
type Stats struct {
	Kept    int    // answers that are kept now
	Hits    uint64 // questions that were answered by them
	Shared  uint64 // questions that were being looked up already
	Lookups uint64 // that were begun
}

// Stats returns what the resolver has done so far.
func (r *Resolver) Stats() Stats {
	r.check()
	r.lock.Lock()
	defer r.lock.Unlock()
	s := r.stats
	s.Kept = len(r.kept)
	return s
}

// Forget drops all answers that are kept. What is being looked up is not affected, and kept when it comes.
func (r *Resolver) Forget() {
	r.check()
	r.lock.Lock()
	defer r.lock.Unlock()
	clear(r.kept)
	r.order.Init()
}

func (r *Resolver) check() {
	switch {
	case r == nil:
		panic("dns: a nil Resolver; new(dns.Resolver) is one that keeps nothing")
	case r.TTL < 0 || r.NegativeTTL < 0 || r.Size < 0 || r.Timeout < 0:
		panic("dns: a Resolver with a negative TTL, NegativeTTL, Size or Timeout; 0 stands for the default of each")
	}
}

// question is what is asked; equal ones have equal answers.
type question struct{ kind, name string }

// answer is what was found, a slice or an error.
type answer struct {
	question question
	value    any
	err      error
	until    time.Time
}

// flight is a look-up under way. Its answer is there once done says so, before anybody is woken.
type flight struct {
	value  any
	err    error
	done   word.Bool
	ended  coord.Notify
	cancel context.CancelFunc
	call   future.BlockingOp[future.Unit]
	askers int // under the resolver's lock
}

// find is a call of a net.Resolver.
type find func(ctx context.Context, ask *net.Resolver) (any, error)

// ask returns the answer that is kept, or the flight that will bring one, which counts the caller among those that ask.
func (r *Resolver) ask(q question, find find) (kept *answer, f *flight) {
	now := time.Now()
	r.lock.Lock()
	if e := r.kept[q]; e != nil {
		if a := e.Value.(*answer); now.Before(a.until) {
			r.order.MoveToFront(e)
			r.stats.Hits++
			r.lock.Unlock()
			return a, nil
		}
		r.forget(e)
	}
	if f = r.flights[q]; f != nil {
		f.askers++
		r.stats.Shared++
		r.lock.Unlock()
		return nil, f
	}
	f = &flight{askers: 1}
	ctx := context.Background()
	if r.Timeout > 0 {
		ctx, f.cancel = context.WithTimeout(ctx, r.Timeout)
	} else {
		ctx, f.cancel = context.WithCancel(ctx)
	}
	f.call = r.begin(q, f, func() (any, error) { return find(ctx, cmp.Or(r.Net, net.DefaultResolver)) })
	if r.flights == nil {
		r.flights = map[question]*flight{}
	}
	r.flights[q] = f
	r.stats.Lookups++
	r.lock.Unlock()
	r.launch(q, f)
	return nil, f
}

// begin makes the call of a flight.
func (r *Resolver) begin(q question, f *flight, find func() (any, error)) future.BlockingOp[future.Unit] {
	return future.BlockingOn(cmp.Or(r.Pool, Pool), func() (future.Unit, error) {
		var v any
		err := future.ErrGoexit // unless it comes to something else: a Dial of the net.Resolver is a user's
		defer func() {
			if p := recover(); p != nil {
				err = future.Recovered(p)
			}
			r.land(q, f, v, err)
		}()
		v, err = find()
		return future.Unit{}, nil
	})
}

// launch hands the call to the pool, which runs it whoever waits for it. The pool may refuse it.
func (r *Resolver) launch(q question, f *flight) {
	cx := waker.FromWaker(waker.Noop())
	f.call.Poll(&cx)
	if c := f.call.Poll(&cx); c.Err() != nil {
		r.land(q, f, nil, c.Err())
	}
}

// land ends a flight with its answer.
func (r *Resolver) land(q question, f *flight, v any, err error) {
	f.value, f.err = v, err
	r.lock.Lock()
	if r.flights[q] == f { // it was not given up
		delete(r.flights, q)
		r.keep(q, v, err)
	}
	r.lock.Unlock()
	f.done.Store(true)
	f.cancel()
	f.ended.NotifyAll()
}

// leave gives up a flight, which is cancelled if nobody asks any more.
func (r *Resolver) leave(q question, f *flight) {
	r.lock.Lock()
	f.askers--
	last := f.askers == 0 && r.flights[q] == f
	if last {
		delete(r.flights, q)
	}
	r.lock.Unlock()
	if last {
		f.cancel()
		f.call.Drop()
	}
}

// keep keeps an answer, under the lock.
func (r *Resolver) keep(q question, v any, err error) {
	ttl := r.TTL
	if err != nil {
		var failed *net.DNSError
		if !errors.As(err, &failed) || !failed.IsNotFound {
			return
		}
		ttl = r.NegativeTTL
	}
	if ttl == 0 {
		return
	}
	if r.kept == nil {
		r.kept = map[question]*list.Element{}
	}
	if e := r.kept[q]; e != nil {
		r.forget(e)
	}
	r.kept[q] = r.order.PushFront(&answer{q, v, err, time.Now().Add(ttl)})
	for len(r.kept) > cmp.Or(r.Size, defaultSize) {
		r.forget(r.order.Back())
	}
}

// forget drops an answer, under the lock.
func (r *Resolver) forget(e *list.Element) {
	delete(r.kept, r.order.Remove(e).(*answer).question)
}
