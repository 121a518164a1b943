package sched_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// exchange is one task for each of a number of connections that talk, on a runtime of
// their own.
type exchange struct {
	rt      *sched.Runtime
	talkers []sched.JoinHandle[future.Unit]
	turns   []chan int
}

// startExchange connects; each connection has talked once when it returns.
func startExchange(t *testing.T, server *echoServer, conns int) *exchange {
	t.Helper()
	x := &exchange{rt: newRuntime(t, sched.Config{Workers: 1})}
	var connected sync.WaitGroup
	connected.Add(conns)
	for i := range conns {
		turns := make(chan int, 1)
		x.turns = append(x.turns, turns)
		x.talkers = append(x.talkers, sched.Spawn(x.rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
			var c *netio.Conn
			defer func() {
				if c == nil {
					connected.Done()
				}
			}()
			if c, err = future.Await(co, netio.Dial("tcp", server.addr())); err != nil {
				return u, err
			}
			defer c.Close()
			number := uint32(0)
			err = talk(co, c, uint64(i+1), number, 100)
			connected.Done()
			for err == nil {
				var messages int
				if messages, err = future.Await(co, future.FromChan(turns)); err != nil {
					return u, nil // no further turn
				}
				for ; messages > 0 && err == nil; messages-- {
					number++
					err = talk(co, c, uint64(i+1), number, messages)
				}
			}
			return u, err
		})))
	}
	connected.Wait()
	return x
}

// end has each connection exchange that many messages more, and ends them.
func (x *exchange) end(t *testing.T, messages int) {
	t.Helper()
	for _, c := range x.turns {
		c <- messages
		close(c)
	}
	for _, h := range x.talkers {
		wait(t, h)
	}
	shutdown(t, x.rt)
}

// A poll that does not return holds its worker; the sockets that are registered with that
// worker's reactor are served by the others.
func TestSocketsOfAStuckWorkerAreServed(t *testing.T) {
	if !reactor.Descriptors {
		t.Skip("without epoll or kqueue connections are served by goroutines")
	}
	rt := newRuntime(t, sched.Config{Workers: 2})
	server := startEcho(t, rt)
	x := startExchange(t, server, 60)
	// Connections park on the worker that polls them first. Until both have some the
	// test proves nothing: hold one worker at a time while further ones arrive.
	var more []*exchange
	for sources := sourcesOf(rt); sources[0] == 0 || sources[1] == 0; sources = sourcesOf(rt) {
		release := hold(t, rt)
		more = append(more, startExchange(t, server, 20))
		release()
	}
	for range 2 {
		release := hold(t, rt)
		defer release()
		// One worker is left. A second one that is held must not take it, so this is
		// given back before the next turn.
		x.turnAll(5)
		x.awaitTurns(t, server)
		release()
	}
	for _, m := range more {
		m.end(t, 5)
	}
	x.end(t, 5)
	server.stop(t)
	shutdown(t, rt)
}

func sourcesOf(rt *sched.Runtime) (n []int) {
	for _, w := range rt.Metrics().Workers {
		n = append(n, w.Sources)
	}
	return n
}

// hold keeps a worker in a poll until release is called, which may be called again.
func hold(t *testing.T, rt *sched.Runtime) (release func()) {
	t.Helper()
	held, free := make(chan struct{}), make(chan struct{})
	h := sched.Spawn(rt, do(func(*waker.Context) bool { close(held); <-free; return true }))
	<-held
	return sync.OnceFunc(func() {
		close(free)
		wait(t, h)
	})
}

// turnAll has each connection exchange that many messages.
func (x *exchange) turnAll(messages int) {
	for _, c := range x.turns {
		c <- messages
	}
}

// awaitTurns waits until the turns of turnAll are over: until the next ones are taken.
func (x *exchange) awaitTurns(t *testing.T, server *echoServer) {
	t.Helper()
	limit := soon(t)
	for _, c := range x.turns {
		for range 2 { // the first fills the channel once the turn before was taken, the second once that turn is over
			select {
			case c <- 0:
			case <-limit.Done():
				t.Fatalf("connections have stopped after %d messages", server.messages.Load())
			}
		}
	}
}

// Polls that panic, wake themselves for ever, are woken by eight threads at once or do
// not return, all at the same time: connections beside them go on.
func TestOthersRunBesideBadPolls(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		server := startEcho(t, rt)
		x := startExchange(t, server, 20)
		var bad []sched.JoinHandle[future.Unit]
		for range 2 * rt.Workers() {
			bad = append(bad, sched.Spawn(rt, do(func(cx *waker.Context) bool { cx.Waker().WakeByRef(); return false })))
		}
		var panics atomic.Int64
		bad = append(bad, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			sched.Spawn(cx, do(func(*waker.Context) bool { panics.Add(1); panic("a bad poll") }))
			cx.Waker().WakeByRef()
			return false
		})))
		// What is woken by eight threads is parked again and again.
		var over atomic.Bool
		var cell waker.AtomicWaker
		bad = append(bad, sched.Spawn(rt, do(func(cx *waker.Context) bool { cell.Register(cx.Waker()); return false })))
		var wakers sync.WaitGroup
		for range 8 {
			wakers.Go(func() {
				for !over.Load() {
					cell.Wake()
					wait(t, sched.Spawn(rt, future.Value(1))) // and lets others run
				}
			})
		}
		release := func() {}
		if rt.Workers() > 1 {
			release = hold(t, rt)
		}
		x.end(t, 30)
		release()
		over.Store(true)
		wakers.Wait()
		for _, h := range bad {
			h.Abort()
			if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
				t.Errorf("a bad task that was aborted answered %v", err)
			}
		}
		server.stop(t)
		if panics.Load() == 0 {
			t.Error("no poll has panicked")
		}
	})
}

// Parked connections cost no work at all: while another runtime is busy theirs counts
// nothing.
func TestParkedConnectionsAreIdle(t *testing.T) {
	if !reactor.Descriptors {
		t.Skip("without epoll or kqueue connections are served by goroutines")
	}
	conns := min(10_000, (testkit.DescriptorLimit(t)-testkit.Descriptors(t)-100)/2)
	if testing.Short() {
		conns = min(conns, 1000)
	}
	parked := newRuntime(t, sched.Config{Workers: 2})
	server := startEcho(t, parked)
	clients := connectAll(t, server, conns)
	busy := newRuntime(t, sched.Config{Workers: 1})
	other := startEcho(t, busy)
	// What was woken late may still be on its way to sleep the first times.
	var before, after sched.Metrics
	for range 50 {
		before = parked.Metrics()
		wait(t, sched.Spawn(busy, talker(other.addr(), 7, 200)))
		after = parked.Metrics()
		if before.Counts == after.Counts && before.Wakes == after.Wakes && asleep(before) && asleep(after) {
			break
		}
	}
	if before.Counts != after.Counts || before.Wakes != after.Wakes || !asleep(after) {
		t.Errorf("%d parked connections never come to rest: %+v, then %+v", conns, before, after)
	}
	sources := 0
	for _, n := range sourcesOf(parked) {
		sources += n
	}
	if sources != conns+1 {
		t.Errorf("%d sources for %d connections and a listener", sources, conns)
	}
	other.stop(t)
	shutdown(t, busy)
	for _, c := range clients {
		c.Close()
	}
	server.stop(t)
	shutdown(t, parked)
}

// connectAll returns connections that have each exchanged a message.
func connectAll(t *testing.T, server *echoServer, n int) []*netio.Conn {
	t.Helper()
	rt := newRuntime(t, sched.Config{Workers: 1})
	conns := make([]*netio.Conn, n)
	const atOnce = 100 // fewer than the system lets wait to be accepted
	var hs []sched.JoinHandle[future.Unit]
	for k := range atOnce {
		hs = append(hs, sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
			for i := k; i < n; i += atOnce {
				if conns[i], err = future.Await(co, netio.Dial("tcp", server.addr())); err != nil {
					return u, err
				}
				if err = talk(co, conns[i], uint64(i+1), 0, 10); err != nil {
					return u, err
				}
			}
			return u, nil
		})))
	}
	for _, h := range hs {
		wait(t, h)
	}
	shutdown(t, rt)
	return conns
}

func asleep(m sched.Metrics) bool {
	for _, w := range m.Workers {
		if !w.Asleep {
			return false
		}
	}
	return true
}

// Misuse is answered in words that say what was wrong and what to do.
func TestMisuseIsExplained(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	// says checks an error's kind, if there is one, and its words.
	says := func(what string, err, kind error, words ...string) {
		t.Helper()
		if err == nil || kind != nil && !errors.Is(err, kind) {
			t.Errorf("%s: %v, want %v", what, err, kind)
			return
		}
		for _, w := range words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not say %q", what, err, w)
			}
		}
	}
	_, err := sched.New(sched.Config{Workers: -1})
	says("Workers: -1", err, nil, "Workers", "-1", "must be 1 to", "0 for one a core")

	taken, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := taken.Addr().String()
	_, err = netio.Listen("tcp", addr)
	says("a taken port", err, syscall.EADDRINUSE, addr, "port 0 for any that is free")
	taken.Close()
	_, err = sched.Spawn(rt, netio.Dial("tcp", addr)).Wait(soon(t))
	says("a refused dial", err, syscall.ECONNREFUSED, addr)
	_, err = sched.Spawn[*netio.Conn](rt, future.Box(taken.Accept())).Wait(soon(t))
	says("accepting after Close", err, net.ErrClosed, addr)

	again := future.Future[int](future.Map(future.Value(1), func(n int) int { return n }))
	wait(t, sched.Spawn(rt, again))
	_, err = sched.Spawn(rt, again).Wait(soon(t))
	says("polled after Ready", err, nil, "polled after Ready", "make a new one")
	sleep := clock.Sleep(0)
	wait(t, sched.Spawn[future.Unit](rt, &sleep))
	_, err = sched.Spawn[future.Unit](rt, &sleep).Wait(soon(t))
	says("a Sleep polled after Ready", err, nil, "polled after", "make another")

	says("Spawn(nil)", panicOf(func() { sched.Spawn[int](rt, nil) }), nil, "Spawn", "nil future")
	_, err = sched.Spawn(rt, do(func(cx *waker.Context) bool { sched.Spawn[int](cx, nil); return true })).Wait(soon(t))
	says("Spawn(nil) in a poll", err, nil, "Spawn", "nil future")
	says("Run(nil)", panicOf(func() { _, _ = sched.Run[int](soon(t), rt, nil) }), nil, "nil future")
	cx := waker.FromWaker(waker.Noop())
	says("Spawn elsewhere", panicOf(func() { sched.Spawn(&cx, future.Value(1)) }), nil, "another executor", "pass a Runtime")
	says("Spawn by nobody", panicOf(func() { sched.Spawn(nil, future.Value(1)) }), nil, "nobody", "Runtime")
	says("Spawn in a nil Runtime", panicOf(func() { sched.Spawn((*sched.Runtime)(nil), future.Value(1)) }), nil, "Runtime")

	shutdown(t, rt)
	_, err = sched.Spawn(rt, future.Value(1)).Wait(soon(t))
	says("Spawn after Shutdown", err, sched.ErrShutdown, "shut down")
	_, err = sched.Run(soon(t), rt, future.Value(1))
	says("Run after Shutdown", err, sched.ErrShutdown, "shut down")
	if err := rt.Shutdown(soon(t)); err != nil {
		t.Errorf("a second Shutdown answered %v", err)
	}
}

func panicOf(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	f()
	return nil
}
