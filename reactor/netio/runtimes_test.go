package netio_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// A server's listener and connections go on from one runtime to the next, and to none.
func TestFromRuntimeToRuntime(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	client, server := connect(t, l)
	mustSet(t, server.SetDeadline, time.Now().Add(time.Hour))
	wait := func(co *future.Co) (future.Unit, error) {
		_, err := clock.Timeout[int](server.Read(make([]byte, 1)), time.Millisecond).Await(co)
		if !errors.Is(err, clock.ErrTimeout) {
			t.Errorf("a read without data ended with %v", err)
		}
		_, err = clock.Timeout[*netio.Conn](l.Accept(), time.Millisecond).Await(co)
		if !errors.Is(err, clock.ErrTimeout) {
			t.Errorf("an accept without a client ended with %v", err)
		}
		return future.Unit{}, nil
	}
	work := func(co *future.Co) (future.Unit, error) {
		read := server.Read(make([]byte, 1))
		go func() {
			_, _ = future.BlockOn(future.Box(clock.Sleep(2 * time.Millisecond))) // it waits by then, or need not
			_, _ = future.BlockOn[int](future.Box(client.WriteAll([]byte("x"))))
		}()
		if _, err := future.Await[int](co, &read); err != nil {
			t.Error(err)
		}
		accept := l.Accept()
		go func() {
			if c, err := future.BlockOn(netio.Dial("tcp", l.Addr().String())); err == nil {
				c.Close()
			}
		}()
		c, err := future.Await[*netio.Conn](co, &accept)
		if err != nil {
			t.Error(err)
			return future.Unit{}, nil
		}
		return future.Unit{}, c.Close()
	}
	for range 3 {
		rt, err := sched.New(sched.Config{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []func(*future.Co) (future.Unit, error){wait, work, wait} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			if _, err := sched.Run(ctx, rt, future.Async(f)); err != nil {
				t.Error(err)
			}
			cancel()
		}
		if err := rt.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := future.BlockOn(future.Async(work)); err != nil {
		t.Error(err)
	}
}
