//go:build explore

package web

import (
	"errors"
	"net"
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// modelTalk is a goroutine that has its task write so many times, and then may have it hand the connection over, and a task that is dropped
// after so many polls; never if that is negative. Both have the exchange in turns.
func modelTalk(writes, dropAfter int, hijacks bool) func(x *explore.Run) {
	return func(x *explore.Run) {
		var t talk
		var asker explore.Event
		var task testkit.Sleeper
		t.asker = waker.FromFunc(asker.Set)
		exchange, over := 0, word.Bool{}
		touch := func() {
			word.Write(unsafe.Pointer(&exchange))
			exchange++
		}
		x.Label("talk", &t)
		written := 0
		x.Go("goroutine", func() {
			ask := func(what uint32) answered {
				t.ask(what)
				for {
					if a, ok := t.heard(); ok {
						return a
					}
					asker.Wait()
				}
			}
			for range writes {
				touch()
				if a := ask(asksWrite); a.err != nil {
					x.Assert(dropAfter >= 0 && errors.Is(a.err, net.ErrClosed), "a write came to %v", a.err)
					x.Assert(errors.Is(ask(asksHandOver).err, net.ErrClosed), "a task that is gone has answered")
					return
				}
				touch()
				written++
			}
			if hijacks {
				if a := ask(asksHandOver); a.err == nil {
					touch()
				}
				return
			}
			over.Store(true) // as its future, which wakes the task
			t.task.Wake()
		})
		said := 0
		x.Go("task", func() {
			cx := task.Context()
			for polls := 0; ; polls++ {
				if polls == dropAfter {
					t.leave()
					return
				}
				t.task.Register(cx.Waker())
				if over.Load() {
					return
				}
				switch t.asked() {
				case asksWrite:
					touch()
					said++
					t.say(answered{})
				case asksHandOver:
					touch()
					t.say(answered{})
					return
				default:
					task.Wait()
				}
			}
		})
		x.Finally(func() {
			x.Assert(written <= said, "%d writes were heard of, %d done", written, said)
			x.Assert(dropAfter >= 0 || written == writes, "%d of %d writes", written, writes)
		})
	}
}

func TestModelTalk(t *testing.T) { explore.Check(t, testkit.Within(3), modelTalk(2, -1, false)) }

func TestModelTalkHandsOver(t *testing.T) { explore.Check(t, explore.Config{}, modelTalk(1, -1, true)) }

// Whenever the task is dropped, nobody waits for its answer.
func TestModelTalkDropped(t *testing.T) {
	for after := range 4 {
		explore.Check(t, explore.Config{}, modelTalk(2, after, after%2 == 0))
	}
}
