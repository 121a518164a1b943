package proxy

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// tries is how many servers are tried for one connection.
const tries = 3

// attempts are the servers that were tried for one connection.
type attempts struct {
	all [tries]*Upstream
	n   int // of those that could not be connected to; the one after them is being tried
}

// pick chooses a server, and counts a connection for it.
func (a *attempts) pick(p *Pool) *Upstream {
	a.all[a.n] = p.Pick(a.all[:a.n]...)
	return a.all[a.n]
}

// failed leaves out the server that is being tried, and reports whether another one is to be.
func (a *attempts) failed(err error) (again bool) {
	u := a.all[a.n]
	now := since()
	u.failed(err, now+min(int64(u.pool.config.FailTime), untilChecked-now)) // a long one is for ever, and not before now
	a.n++
	return a.n < min(tries, len(u.pool.upstreams))
}

// Link is a connection to a server of a pool.
type Link struct {
	Conn     *netio.Conn
	Upstream *Upstream
}

// Close closes the connection, and takes it off its server's count.
func (l Link) Close() error {
	l.Upstream.Release()
	return l.Conn.Close()
}

// ConnectOp connects to a server, made by [Pool.Connect]. See future.Op.
type ConnectOp struct {
	pool  *Pool
	tried attempts
	dial  clock.TimeoutOp[*netio.Conn, netio.DialOp]
	up    *Upstream // that it dials; nil: none
}

// Connect returns an operation that connects to the server that [Pool.Pick] chooses, or, if that cannot be connected to, to another: up to three,
// each within ConnectTimeout. Who gets the [Link] closes it. The error names the server that was tried last. Dropped, it leaves nothing behind.
func (p *Pool) Connect() ConnectOp {
	if p == nil || len(p.upstreams) == 0 {
		panic("proxy: a nil or zero Pool: NewPool makes them")
	}
	return ConnectOp{pool: p}
}

// Poll implements future.Future.
func (o *ConnectOp) Poll(cx *waker.Context) future.Poll[Link] {
	if o == nil || o.pool == nil {
		panic("proxy: a ConnectOp polled after Ready (or after Drop), or a nil or zero one: make another with Pool.Connect")
	}
	c := &o.pool.config
	for {
		if o.up == nil {
			o.up = o.tried.pick(o.pool)
			o.dial = clock.Timeout(c.Dial.Dial(c.Network, o.up.address), c.ConnectTimeout)
		}
		a := o.dial.Poll(cx)
		if a.IsPending() {
			return future.Pending[Link]()
		}
		u := o.up
		o.up = nil
		conn, err := a.Result()
		if err == nil {
			*o = ConnectOp{}
			return handed(Link{conn, u})
		}
		u.Release()
		if !o.tried.failed(err) {
			n := o.tried.n
			*o = ConnectOp{}
			return future.Failed[Link](&ConnectError{u.address, n, err})
		}
	}
}

// handed tells that a server has answered, and hands the link over; nobody gets it if OnHealth panics.
func handed(l Link) future.Poll[Link] {
	told := false
	defer func() {
		if !told {
			_ = l.Close()
		}
	}()
	l.Upstream.answered()
	told = true
	return future.Ready(l)
}

// Drop implements future.Dropper.
func (o *ConnectOp) Drop() {
	if o.up != nil {
		o.up.Release()
		o.dial.Drop()
	}
	*o = ConnectOp{}
}

// Await waits for it, see future.Await.
func (o ConnectOp) Await(co *future.Co) (Link, error) { return future.AwaitOp(co, o) }

// ConnectError tells that no server could be connected to.
type ConnectError struct {
	Address string // of the last one that was tried
	Tried   int    // how many were
	Err     error  // of the last one
}

func (e *ConnectError) Error() string {
	return fmt.Sprintf("proxy: %d servers tried, the last one at %s: %v", e.Tried, e.Address, e.Err)
}

// Unwrap returns the error of the last one.
func (e *ConnectError) Unwrap() error { return e.Err }

// Watch returns the future that connects to each server every CheckEvery, leaves out those that cannot be connected to, and brings back those
// that can. It never ends: it is spawned once, and ends with the runtime or when it is dropped. Without CheckEvery it is ready at
// once. It has a coroutine, one for the pool.
func (p *Pool) Watch() future.AsyncOp[future.Unit] {
	return future.Do(func(co *future.Co) error {
		c := &p.config
		for c.CheckEvery > 0 {
			for _, u := range p.upstreams {
				conn, err := clock.Timeout(c.Dial.Dial(c.Network, u.address), c.ConnectTimeout).Await(co)
				if err != nil {
					u.failed(err, untilChecked)
					continue
				}
				_ = conn.Close()
				u.answered()
			}
			if _, err := clock.Sleep(c.CheckEvery).Await(co); err != nil {
				return err
			}
		}
		return nil
	})
}
