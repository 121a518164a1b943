//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"cmp"
	"context"
	"net/netip"
	"strconv"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// family is one of the two that a host may have addresses of.
type family uint8

const (
	v6 family = iota
	v4
)

var familyNames = [2]string{v6: "ip6", v4: "ip4"}

// queue is what is to be dialled, and what is being found for it. Both families are looked up at the same time.
type queue struct {
	lookups [2]future.Future[[]netip.AddrPort] // under way
	cancel  context.CancelFunc                 // of those of the system
	targets [2][]target
	turn    family
	err     error         // of a look-up, of IPv4 if it can be
	delay   reactor.Alarm // set while IPv4 waits for IPv6
	begun   bool          // a target was taken
}

// find begins to look a host up.
func (q *queue) find(dc *DialConfig, hp hostPort) {
	ctx, cancel := context.WithCancel(context.Background())
	q.cancel = cancel
	for f, name := range familyNames {
		if hp.network != "tcp" && hp.family() != name {
			continue
		}
		one := hp
		one.network = "tcp" + name[2:]
		if dc.Resolver == nil {
			q.lookups[f] = future.BlockingOn(LookupPool, func() ([]netip.AddrPort, error) { return one.lookUp(ctx) })
			continue
		}
		resolve := func(port int) future.Future[[]netip.AddrPort] {
			return future.Map(dc.Resolver.LookupIP(name, hp.host), func(addrs []netip.Addr) []netip.AddrPort {
				return one.with(addrs, uint16(port))
			})
		}
		if port, err := strconv.ParseUint(hp.port, 10, 16); err == nil {
			q.lookups[f] = resolve(int(port))
		} else {
			q.lookups[f] = future.Then(future.Box(future.BlockingOn(LookupPool, func() (int, error) { return one.lookUpPort(ctx) })), resolve)
		}
	}
}

// add puts targets of one family in line.
func (q *queue) add(dc *DialConfig, addrs []netip.AddrPort) {
	for _, a := range addrs {
		if !dc.fits(a.Addr()) {
			continue
		}
		f := v4
		if a.Addr().Is6() {
			f = v6
		}
		q.targets[f] = append(q.targets[f], tcpTarget(a))
	}
}

// poll brings the look-ups forward.
func (q *queue) poll(cx *waker.Context, dc *DialConfig) {
	for f, l := range q.lookups {
		if l == nil {
			continue
		}
		p := l.Poll(cx)
		if p.IsPending() {
			continue
		}
		q.lookups[f] = nil
		addrs, err := p.Result()
		if err != nil && (q.err == nil || family(f) == v4) {
			q.err = err
		}
		q.add(dc, addrs)
		if family(f) == v4 && q.lookups[v6] != nil && len(q.targets[v4]) > 0 && !q.begun {
			if d := cmp.Or(dc.ResolutionDelay, resolutionDelay); d > 0 {
				q.delay = reactor.NewAlarm(d)
			}
		}
	}
	if q.delay.IsSet() && (q.lookups[v6] == nil || q.delay.Poll(cx).IsReady()) {
		q.delay.Drop()
	}
}

// looking reports whether there may be more targets.
func (q *queue) looking() bool { return q.lookups[v6] != nil || q.lookups[v4] != nil }

// more reports whether there is a target that may be taken.
func (q *queue) more() bool {
	return !q.delay.IsSet() && len(q.targets[v6])+len(q.targets[v4]) > 0
}

// next returns the next target, of the other family than the last one if there is one.
func (q *queue) next() (t target, ok bool) {
	if !q.more() {
		return t, false
	}
	f := q.turn
	if len(q.targets[f]) == 0 {
		f = v6 + v4 - f
	}
	t, q.targets[f] = q.targets[f][0], q.targets[f][1:]
	q.turn, q.begun = v6+v4-f, true
	return t, true
}

// drop ends the look-ups.
func (q *queue) drop() {
	if q.cancel != nil {
		q.cancel()
	}
	for f, l := range q.lookups {
		if l != nil {
			q.lookups[f] = nil
			future.Drop(l)
		}
	}
	q.targets = [2][]target{}
	q.delay.Drop()
}
