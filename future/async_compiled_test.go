package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// once is a machine that waits once.
type once struct {
	polls   int
	dropped bool
}

func (m *once) Poll(*waker.Context) future.Poll[int] {
	if m.polls++; m.polls == 1 {
		return future.Pending[int]()
	}
	return future.Ready(m.polls)
}

func (m *once) Drop() { m.dropped = true }

func (m *once) Trace(t *future.Tracer) { t.At("f.func", "f.go", 3, nil) }

func TestCompiledIsItsMachine(t *testing.T) {
	m := &once{}
	f := future.Compiled(m, "f.func")
	if f.Name() != "f.func" {
		t.Error(f.Name())
	}
	cx := waker.FromWaker(waker.Noop())
	if f.Poll(&cx).IsReady() {
		t.Error("ready before the machine is")
	}
	if frames := future.Trace(f); len(frames) != 1 || frames[0].Func != "f.func" || frames[0].Line != 3 {
		t.Error(frames)
	}
	f.Drop()
	if !m.dropped {
		t.Error("the machine was not dropped")
	}
	v, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		return future.Compiled(&once{polls: 1}, "g").Await(co)
	}))
	if v != 2 || err != nil {
		t.Error(v, err)
	}
}
