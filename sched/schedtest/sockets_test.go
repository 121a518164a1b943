//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package schedtest_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/schedtest"
)

// Sockets that are descriptors. Those of the portable backend are goroutines, which the runtime does not see
// waiting.

// listen returns a listener of the runtime's, where sockets are descriptors.
func listen(t *testing.T) *netio.Listener {
	t.Helper()
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// A read from a peer outside that takes its time comes before a timeout of less than that.
func TestSocketsHoldTheClockBack(t *testing.T) {
	peer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	rt := schedtest.New(t, schedtest.Config{Grace: time.Minute})
	go func() {
		c, err := peer.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		for range 6 {
			time.Sleep(5 * time.Millisecond)
			rt.Hold()() // an interruption that brings nothing
		}
		_, _ = c.Write([]byte("late"))
	}()
	_, err = schedtest.Run(rt, future.Do(func(co *future.Co) error {
		c, err := netio.Dial("tcp", peer.Addr().String()).Await(co)
		if err != nil {
			return err
		}
		defer c.Close()
		buf := make([]byte, 16)
		n, err := clock.Timeout(c.Read(buf), time.Hour).Await(co)
		if string(buf[:n]) != "late" {
			t.Errorf("read %q", buf[:n])
		}
		return err
	}))
	if err != nil || rt.Elapsed() != 0 {
		t.Errorf("%v after %v", err, rt.Elapsed())
	}
}

// A server and its client in one runtime: the listener, which has nothing to say any more, does not keep the
// clock from a sleep for longer than Grace, and deadlines of connections go by the clock.
func TestAnIdleServerLetsTheClockGo(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{Grace: 5 * time.Millisecond})
	l := listen(t)
	sched.Spawn(rt, future.Do(func(co *future.Co) error {
		for {
			c, err := l.Accept().Await(co)
			if err != nil {
				return err
			}
			sched.Spawn(co, future.Do(func(co *future.Co) error {
				defer c.Close()
				buf := make([]byte, 16)
				n, err := c.Read(buf).Await(co)
				if err != nil {
					return err
				}
				clock.Sleep(time.Minute).Await(co)
				_, err = c.Write(buf[:n]).Await(co)
				return err
			}))
		}
	}))
	_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
		c, err := netio.Dial("tcp", l.Addr().String()).Await(co)
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.Write([]byte("hello")).Await(co); err != nil {
			return err
		}
		buf := make([]byte, 16)
		_ = c.SetReadDeadline(clock.Now().Add(30 * time.Second))
		if _, err := c.Read(buf).Await(co); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a read ends with %v after %v; want the deadline", err, rt.Elapsed())
		}
		_ = c.SetReadDeadline(time.Time{})
		n, err := c.Read(buf).Await(co)
		if string(buf[:n]) != "hello" {
			t.Errorf("read %q", buf[:n])
		}
		return err
	}))
	if err != nil || rt.Elapsed() != time.Minute {
		t.Errorf("%v after %v; want a minute", err, rt.Elapsed())
	}
}
