//go:build explore

package testkit

import (
	"os"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Within bounds the preemptions of a model that is too large to be explored whole. With
// the environment variable EXPLORE_LONG it may have one more.
func Within(preemptions int) explore.Config {
	if os.Getenv("EXPLORE_LONG") != "" {
		preemptions++
	}
	return explore.Config{Preemptions: preemptions}
}

// Sleeper is a task that is a thread of a model: woken by an event.
type Sleeper struct {
	Ext   any // of its contexts, such as a reactor.Host
	woken explore.Event
	again bool // it asked to be polled again itself
}

// Context returns the context of a poll.
func (s *Sleeper) Context() *waker.Context {
	cx := waker.NewContext(waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(s), VTable: &sleeperVTable}), s.Ext, nil)
	return &cx
}

// Wait sleeps until the task is woken.
func (s *Sleeper) Wait() {
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
		Wake:  func(p unsafe.Pointer) { (*Sleeper)(p).woken.Set() },
		WakeByRef: func(p unsafe.Pointer) {
			(*Sleeper)(p).again = true
			(*Sleeper)(p).woken.Set()
		},
		Drop: func(unsafe.Pointer) {},
	}
}
