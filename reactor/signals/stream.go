package signals

import (
	"fmt"
	"os"
	"slices"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Stream is a future.Stream of signals, made by [Notify]. It never ends by itself. It belongs to one
// task, which has to Drop it.
//
// The lock guards arrived. Who waits leaves its waker and then looks once more; a signal is noted
// before that is woken.
type Stream struct {
	_     word.NoCopy
	wants []os.Signal // nil once dropped
	made  bool

	lock    spin.Lock
	arrived []os.Signal // each at most once, in the order in which they came
	waker   waker.AtomicWaker
}

// Notify returns a stream of these signals, from now on. It panics if there is none among them that
// can be caught. A signal that was sent before is not in it. It starts a goroutine for a signal that nobody
// else waits for.
func Notify(sig ...os.Signal) *Stream {
	s := &Stream{wants: distinct(sig, "Notify"), made: true}
	s.arrived = make([]os.Signal, 0, len(s.wants))
	for _, sig := range s.wants {
		subscribe(s, sig)
	}
	return s
}

// distinct returns the signals, each once.
func distinct(sig []os.Signal, what string) []os.Signal {
	if len(sig) == 0 || slices.Contains(sig, nil) {
		panic("signals: " + what + " without a signal, or with nil for one: name those to wait for, such as os.Interrupt")
	}
	if !slices.ContainsFunc(sig, catchable) {
		panic(fmt.Sprintf("signals: %s of %v, which cannot be caught: name others, such as os.Interrupt", what, sig))
	}
	var all []os.Signal
	for _, s := range sig {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func (s *Stream) check() {
	if s == nil || !s.made {
		panic("signals: a nil or zero Stream: Notify makes them")
	}
}

// PollNext implements future.Stream.
func (s *Stream) PollNext(cx *waker.Context) future.Poll[os.Signal] {
	s.check()
	if s.wants == nil {
		if !cx.Spend() {
			return future.Pending[os.Signal]()
		}
		return future.Failed[os.Signal](future.ErrEnd)
	}
	if !s.has() {
		s.waker.Register(cx.Waker())
		if !s.has() {
			return future.Pending[os.Signal]()
		}
	}
	if !cx.Spend() {
		return future.Pending[os.Signal]()
	}
	return future.Ready(s.take())
}

// StopWaiting implements future.Pauser.
func (s *Stream) StopWaiting() {
	s.check()
	wake.Forget(&s.waker)
}

// Drop implements future.Dropper. What has come and was not taken is forgotten; a signal that nobody waits
// for any more does what it did before. Polled after it, the stream has ended.
func (s *Stream) Drop() {
	s.check()
	wants := s.wants
	s.wants = nil
	for _, sig := range wants {
		unsubscribe(s, sig)
	}
	s.StopWaiting()
}

func (s *Stream) has() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.arrived) > 0
}

// take returns the signal that has come first, of those that there are.
func (s *Stream) take() os.Signal {
	s.lock.Lock()
	defer s.lock.Unlock()
	sig := s.arrived[0]
	s.arrived = slices.Delete(s.arrived, 0, 1)
	return sig
}

// deliver is called by the hub of a signal, which wakes who waits for it.
func (s *Stream) deliver(sig os.Signal) (w waker.Waker, waits bool) {
	s.lock.Lock()
	if !slices.Contains(s.arrived, sig) {
		s.arrived = append(s.arrived, sig)
	}
	s.lock.Unlock()
	return s.waker.Take()
}
