package sched_test

import (
	"errors"
	"testing"
	"time"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// broken is an executor whose wakers panic where it is told.
type broken struct{ clone, wake, drop bool }

var brokenVTable waker.VTable

func init() {
	brokenVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			if (*broken)(p).clone {
				panic("a foreign Clone")
			}
			return waker.RawWaker{Data: p, VTable: &brokenVTable}
		},
		Wake: func(p unsafe.Pointer) {
			if (*broken)(p).wake {
				panic("a foreign Wake")
			}
		},
		WakeByRef: func(p unsafe.Pointer) {
			if (*broken)(p).wake {
				panic("a foreign WakeByRef")
			}
		},
		Drop: func(p unsafe.Pointer) {
			if (*broken)(p).drop {
				panic("a foreign Drop")
			}
		},
	}
}

func (b *broken) waker() waker.Waker {
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(b), VTable: &brokenVTable})
}

// under is a future polled once with the waker of a broken executor, beside a good one.
func (b *broken) poll(cx *waker.Context, f future.Future[future.Unit]) {
	own := cx.WithWaker(b.waker())
	f.Poll(&own)
}

// A foreign waker that panics when a task ends, a runtime closes, a timer fires or bytes
// arrive costs nobody else anything.
func TestForeignWakersThatPanic(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		bad := &broken{wake: true}
		panics := func(want uint64) {
			t.Helper()
			if got := rt.Metrics().WakerPanics; got != want {
				t.Fatalf("%d panics of wakers are counted, want %d", got, want)
			}
		}
		foreign := waker.FromWaker(bad.waker())

		// Joins: by handle, by Join, with good ones before and behind.
		var release word.Bool
		var target waker.Waker
		begun := make(chan struct{})
		h := sched.Spawn(rt, do(func(cx *waker.Context) bool {
			if target.IsNoop() {
				target = cx.Waker().Clone()
				close(begun)
			}
			return release.Load()
		}))
		<-begun
		var joiners []sched.JoinHandle[future.Unit]
		join := func() {
			j, polled, first := h.Join(), make(chan struct{}), true
			joiners = append(joiners, sched.Spawn(rt, do(func(cx *waker.Context) bool {
				ready := j.Poll(cx).IsReady()
				if first {
					close(polled)
				}
				first = false
				return ready
			})))
			<-polled
		}
		var js [3]sched.JoinOp[future.Unit]
		for i := range js {
			join()
			js[i] = h.Join()
			js[i].Poll(&foreign)
		}
		join()
		h.Poll(&foreign)
		joiners = append(joiners, sched.Spawn[future.Unit](rt, h))
		release.Store(true)
		target.Wake()
		for _, j := range joiners {
			wait(t, j)
		}
		wait(t, h)
		// The last one is woken after the good ones that we have waited for.
		for limit := time.Now().Add(patience); rt.Metrics().WakerPanics < 4 && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		panics(4)

		// A timer. The worker that fires it fires the next ones too.
		wait(t, sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
			s := clock.Sleep(time.Millisecond)
			bad.poll(co.Context(), &s)
			clock.Sleep(2 * time.Millisecond).Await(co)
			return future.Await(co, future.Future[future.Unit](&s))
		})))
		panics(5)

		// A connection.
		ln, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		wait(t, sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
			c, err := future.Await(co, netio.Dial("tcp", ln.Addr().String()))
			if err != nil {
				return u, err
			}
			defer c.Close()
			peer, err := ln.Accept().Await(co)
			if err != nil {
				return u, err
			}
			defer peer.Close()
			var buf [8]byte
			read := c.Read(buf[:])
			own := co.Context().WithWaker(bad.waker())
			read.Poll(&own)
			if _, err := peer.WriteAll([]byte("x")).Await(co); err != nil {
				return u, err
			}
			for rt.Metrics().WakerPanics < 6 {
				clock.Sleep(time.Millisecond).Await(co)
			}
			_, err = future.Await(co, &read)
			return u, err
		})))

		// A listener that is closed: an acceptor with a place, and one that polls itself.
		wait(t, sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
			accept := ln.Accept()
			own := co.Context().WithWaker(bad.waker())
			accept.Poll(&own)
			ln.PollAccept(&own)
			ln.Close()
			for rt.Metrics().WakerPanics < 8 {
				clock.Sleep(time.Millisecond).Await(co)
			}
			future.Drop(accept)
			return u, nil
		})))

		// Closing. Shutdown follows.
		closing := sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
			f := rt.Closing()
			bad.poll(co.Context(), f)
			return future.Await(co, rt.Closing())
		}))
		last := rt.Closing()
		last.Poll(&foreign)
		shutdown(t, rt)
		wait(t, closing)
		shutdown(t, rt)
		if n := rt.Metrics().WakerPanics; n < 9 {
			t.Errorf("%d panics of wakers are counted at the end", n)
		}
	})
}

// A panic of Clone is the polling task's, and what it polled goes on under another waker.
func TestForeignClonesThatPanic(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		bad := &broken{clone: true}
		never := sched.Spawn(rt, do(func(*waker.Context) bool { return false }))
		join := never.Join()
		timer := clock.Sleep(20 * time.Millisecond)
		for name, f := range map[string]future.Future[future.Unit]{
			"timer": &timer, "handle": never, "Join": &join, "Closing": rt.Closing(),
		} {
			_, err := sched.Spawn(rt, do(func(cx *waker.Context) bool { bad.poll(cx, f); return true })).Wait(soon(t))
			var pe *sched.PanicError
			if !errors.As(err, &pe) || pe.Value != "a foreign Clone" {
				t.Errorf("%s: the task ended with %v", name, err)
			}
		}
		polls := 0
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			polls++
			return timer.Poll(cx).IsReady()
		})))
		if polls > 10 {
			t.Errorf("%d polls of one sleep", polls)
		}
		never.Abort()
		if _, err := never.Wait(soon(t)); err != sched.ErrAborted {
			t.Errorf("the task that was waited for ended with %v", err)
		}
	})
}
