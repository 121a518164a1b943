// Package testkit has what the tests of several servers need.
package testkit

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// Serve runs a server on a runtime of its own: its Run, or what is called like that. It ends with the test, or when stop is
// called, which returns what Run has.
func Serve(t testing.TB, workers int, run func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error) (addr string, stop func() error) {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) { ready <- a.String() })
		if err != nil {
			close(ready)
		}
		ended <- err
	}()
	stop = sync.OnceValue(func() error {
		cancel()
		err := <-ended
		rt.Close()
		return err
	})
	addr, ok := <-ready
	if !ok {
		t.Fatal(stop())
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return addr, stop
}

// Patience is for how long a test waits for what has to come.
const Patience = 20 * time.Second

// Listen has a server of package web serve on a runtime of two workers until the end of the test, which shuts both down.
func Listen(t testing.TB, s interface {
	Serve(by sched.Spawner, l *netio.Listener) sched.JoinHandle[future.Unit]
	Shutdown(ctx context.Context) error
}) (rt *sched.Runtime, addr string) {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = l.Addr().String()
	s.Serve(rt, l)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), Patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := rt.Shutdown(ctx); err != nil {
			t.Errorf("the runtime's Shutdown: %v", err)
		}
	})
	return rt, addr
}
