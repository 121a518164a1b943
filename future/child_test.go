package future_test

import (
	"errors"
	"runtime"
	"testing"
	"weak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// holder is an operation that points to something large.
type holder struct {
	thing *[1 << 16]byte
	ends  bool
	fails bool
}

func (h *holder) Poll(*waker.Context) future.Poll[int] {
	if !h.ends {
		return future.Pending[int]()
	}
	return future.Ready(len(h.thing))
}

func (h *holder) Drop() {
	if h.fails {
		panic(errDrop)
	}
}

func (h holder) Await(co *future.Co) (int, error) { return future.AwaitOp(co, h) }

var errDrop = errors.New("a Drop that fails")

// A Child that has ended, however that was, keeps nothing alive of what its operation points to.
func TestAChildThatHasEndedKeepsNothing(t *testing.T) {
	for name, end := range map[string]func(c *future.Child[int, holder]){
		"ready": func(c *future.Child[int, holder]) {
			cx := waker.FromWaker(waker.Noop())
			if p := c.Poll(&cx); !p.IsReady() {
				t.Error("it waits")
			}
		},
		"dropped": func(c *future.Child[int, holder]) { c.Drop() },
		"dropped, and that fails": func(c *future.Child[int, holder]) {
			defer func() {
				if v := recover(); v != errDrop {
					t.Errorf("it panics with %v", v)
				}
			}()
			c.Drop()
		},
	} {
		thing := new([1 << 16]byte)
		ref := weak.Make(thing)
		c := future.Hold[int](holder{thing, name == "ready", name == "dropped, and that fails"}, "the test")
		thing = nil
		end(&c)
		runtime.GC()
		if ref.Value() != nil {
			t.Errorf("%s: what it pointed to is kept", name)
		}
		if c.Live() {
			t.Errorf("%s: it is live", name)
		}
	}
}
