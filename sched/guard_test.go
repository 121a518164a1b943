package sched

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// unwatched is a runtime of two workers that no monitor looks after.
func unwatched(t *testing.T) *Runtime {
	t.Helper()
	watchEvery = time.Hour
	defer func() { watchEvery = monitorTick }()
	rt, err := New(Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// limited bounds waits that end at once unless something is broken.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// polled is a future of a function.
func polled(f func(cx *waker.Context)) future.Future[future.Unit] {
	return future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		f(cx)
		return future.Ready(future.Unit{})
	})
}

// alone has the worker that is not in a long poll come by and go to sleep: beside a worker
// that it finds neglected.
func alone(t *testing.T, rt *Runtime) {
	t.Helper()
	time.Sleep(2 * neglected)
	if _, err := Spawn(rt, polled(func(*waker.Context) {})).Wait(limited(t)); err != nil {
		t.Fatal(err)
	}
}

// A peer that sleeps wakes up for the sockets of a worker in a long poll, without the monitor,
// and again and again: the poll ends after so many echoes on a connection of its worker's.
func TestAGuardServesTheSocketsOfALongPoll(t *testing.T) {
	if !reactor.Descriptors {
		t.Skip("without epoll or kqueue connections are served by goroutines")
	}
	rt := unwatched(t)
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	limit, _ := limited(t).Deadline()
	if err := client.SetDeadline(limit); err != nil {
		t.Fatal(err)
	}
	conn, err := Spawn[*netio.Conn](rt, future.Box(l.Accept())).Wait(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()

	begun, over := make(chan struct{}), make(chan struct{})
	poll := Spawn(rt, polled(func(cx *waker.Context) {
		// The connection's source is this worker's: it is waited for here first.
		buf := make([]byte, 64)
		conn.PollRead(cx, buf)
		Spawn(cx, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
			for {
				p := conn.PollRead(cx, buf)
				if p.IsPending() {
					return future.Pending[future.Unit]()
				}
				n, err := p.Result()
				if err != nil {
					return future.Ready(future.Unit{})
				}
				if w := conn.PollWrite(cx, buf[:n]); w.IsPending() {
					t.Error("a write of some bytes blocks")
				}
			}
		}))
		close(begun)
		<-over
	}))
	<-begun
	alone(t, rt)
	message := []byte("magpie")
	for i := range 100 {
		if _, err := client.Write(message); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(client, make([]byte, len(message))); err != nil {
			t.Errorf("echo %d of a connection whose worker is in a long poll: %v", i, err)
			break
		}
	}
	client.Close()
	close(over)
	if _, err := poll.Wait(limited(t)); err != nil {
		t.Error(err)
	}
	if err := rt.Shutdown(limited(t)); err != nil {
		t.Error(err)
	}
}

// A peer that sleeps wakes up for the timers of a worker in a long poll: those that were set
// before it fell asleep, and an earlier one that is set meanwhile.
func TestAGuardFiresTheTimersOfALongPoll(t *testing.T) {
	rt := unwatched(t)
	set, over := make(chan time.Duration), make(chan struct{})
	fired := make(chan time.Duration, 10)
	begun := make(chan struct{})
	poll := Spawn(rt, polled(func(cx *waker.Context) {
		timers := make([]reactor.Timer, 10)
		arm := func(d time.Duration) {
			timer := &timers[0]
			timers = timers[1:]
			timer.Reset(d)
			woken := cx.WithWaker(waker.FromFunc(func() { fired <- d }))
			timer.Poll(&woken)
		}
		arm(20 * time.Millisecond)
		arm(time.Hour)
		close(begun)
		for {
			select {
			case d := <-set:
				arm(d)
			case <-over:
				for i := range timers {
					timers[i].Stop()
				}
				return
			}
		}
	}))
	<-begun
	alone(t, rt)
	expect := func(want time.Duration) {
		t.Helper()
		select {
		case d := <-fired:
			if d != want {
				t.Errorf("the timer of %v fired before that of %v", d, want)
			}
		case <-limited(t).Done():
			t.Errorf("the timer of %v, of a worker in a long poll, did not fire", want)
		}
	}
	expect(20 * time.Millisecond)
	for _, d := range []time.Duration{5 * time.Millisecond, time.Millisecond, 3 * time.Millisecond} {
		set <- d
		expect(d)
	}
	close(over)
	if _, err := poll.Wait(limited(t)); err != nil {
		t.Error(err)
	}
	if err := rt.Shutdown(limited(t)); err != nil {
		t.Error(err)
	}
}

// What wakes a guard it delivers at once, also when the other worker has just been at its reactor
// and nobody would ask that for it: one long poll follows on the other, and each lasts
// until there was an echo that began with it.
func TestAGuardServesTheBeginningOfALongPoll(t *testing.T) {
	if !reactor.Descriptors {
		t.Skip("without epoll or kqueue connections are served by goroutines")
	}
	rt := unwatched(t)
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	limit, _ := limited(t).Deadline()
	if err := client.SetDeadline(limit); err != nil {
		t.Fatal(err)
	}
	conn, err := Spawn[*netio.Conn](rt, future.Box(l.Accept())).Wait(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()

	const rounds = 50
	begun, over := make(chan int), make(chan struct{})
	buf, round := make([]byte, 64), 0
	polls := Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		if round == 0 {
			conn.PollRead(cx, buf) // the connection's source is this worker's
			Spawn(cx, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
				for {
					p := conn.PollRead(cx, buf)
					if p.IsPending() {
						return future.Pending[future.Unit]()
					}
					n, err := p.Result()
					if err != nil {
						return future.Ready(future.Unit{})
					}
					conn.PollWrite(cx, buf[:n])
				}
			}))
		}
		start := time.Now()
		begun <- round
		<-over
		for time.Since(start) < 2*neglected {
		}
		if round++; round > rounds {
			return future.Ready(future.Unit{})
		}
		cx.Waker().WakeByRef()
		return future.Pending[future.Unit]()
	}))
	<-begun
	alone(t, rt)
	over <- struct{}{}
	message := []byte("magpie")
	for range rounds {
		i := <-begun
		if _, err := client.Write(message); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(client, make([]byte, len(message))); err != nil {
			t.Errorf("echo at the beginning of long poll %d: %v", i, err)
			client.SetDeadline(time.Now())
		}
		over <- struct{}{}
	}
	client.Close()
	if _, err := polls.Wait(limited(t)); err != nil {
		t.Error(err)
	}
	if n := rt.Metrics().Events; n < rounds || n > 100*rounds {
		t.Errorf("%d events are counted of %d echoes and what woke peers", n, rounds)
	}
	if err := rt.Shutdown(limited(t)); err != nil {
		t.Error(err)
	}
}
