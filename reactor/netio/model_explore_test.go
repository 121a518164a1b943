//go:build explore && linux && !portable

package netio

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// sleeper is a task that is a thread: woken by an event.
type sleeper struct {
	r     *reactor.Reactor
	woken explore.Event
	again bool // it asked to be polled again itself
}

// Reactor implements reactor.Host.
func (s *sleeper) Reactor() *reactor.Reactor { return s.r }

func (s *sleeper) cx() *waker.Context {
	cx := waker.NewContext(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(s), VTable: &sleeperVTable}), s, nil)
	return &cx
}

// wait sleeps until the task is woken.
func (s *sleeper) wait() {
	s.woken.Wait()
	if s.again {
		// Its polls repeat themselves until the thread that is waking has put the cell
		// of the waker back.
		s.again = false
		word.Spin()
	}
}

var sleeperVTable waker.VTable

func init() {
	sleeperVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker { return waker.RawWaker{Data: p, VTable: &sleeperVTable} },
		Wake:  func(p unsafe.Pointer) { (*sleeper)(p).woken.Set() },
		WakeByRef: func(p unsafe.Pointer) {
			(*sleeper)(p).again = true
			(*sleeper)(p).woken.Set()
		},
		Drop: func(unsafe.Pointer) {},
	}
}
