package engine

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// A connection is a future like any other: here future.BlockOn runs it.
func TestConnTriesAllAddressesOfAName(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	open := serve(t, copyBack)
	for _, c := range []struct {
		name              string
		addresses         []string
		succeeded, failed uint64
	}{
		{"the last one answers", []string{closed, closed, open}, 5, 0},
		{"none answers", []string{closed, closed}, 0, 5},
	} {
		load := config(t, "tcp://name:1", 5)
		r := newPart(t, &load, c.addresses...)
		r.limited = true
		r.tries.Store(5)
		r.phase.Store(measuring)
		if _, err := future.BlockOn[future.Unit](r.newConn(0, 0)); err != nil {
			t.Fatal(err)
		}
		total := stats.Merge(r.shards[0].shard)
		if total.Succeeded() != c.succeeded || total.Failed() != c.failed {
			t.Errorf("%s: %d succeeded, %d failed", c.name, total.Succeeded(), total.Failed())
		}
	}
}

// The addresses that are left share the time that is left.
func TestConnSharesTheTimeAmongAddresses(t *testing.T) {
	load := config(t, "tcp://name:1", 1)
	r := newPart(t, &load, "127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1")
	c := r.newConn(0, 0)
	c.redial()
	if got := c.until - c.dialed; got != load.Timeout/4 {
		t.Errorf("the first of four may take %v of %v", got, load.Timeout)
	}
	c.hangUp()
}

// A deadline that comes before what the timer is set to, as that of one address among several
// after a request on a connection that the server has closed, is not waited for until then.
func TestConnTimerIsSetBack(t *testing.T) {
	load := config(t, "tcp://name:1", 1)
	r := newPart(t, &load, "127.0.0.1:1")
	c := r.newConn(0, 0)
	c.state = dialing
	c.dial = future.Func(func(*waker.Context) future.Poll[stream] { return future.Pending[stream]() })
	c.until = r.now() + time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := future.BlockOn(future.WithContext(ctx, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		if c.dialTimedOut(cx) {
			return future.Ready(future.Unit{})
		}
		c.until = r.now() + time.Millisecond
		if c.dialTimedOut(cx) {
			return future.Ready(future.Unit{})
		}
		return future.Pending[future.Unit]()
	})))
	if err != nil || c.state != backingOff {
		t.Errorf("20 s after a deadline of 1 ms: %v, state %d", err, c.state)
	}
	c.end()
}

// newPart is a load whose target has those addresses.
func newPart(t *testing.T, c *Config, addresses ...string) *part {
	t.Helper()
	return &part{run: &run{config: c, start: time.Now()}, config: c, plan: mustPlan(t, c), addresses: addresses}
}

func mustPlan(t *testing.T, c *Config) plan {
	t.Helper()
	p, err := c.plan()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
