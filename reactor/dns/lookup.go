package dns

import (
	"context"
	"net"
	"net/netip"
	"slices"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/waker"
)

// LookupHost returns an operation that comes to the addresses of a host, the preferred ones first. A host that is an address
// is its own answer.
func (r *Resolver) LookupHost(host string) LookupOp[netip.Addr] { return r.addresses("ip", host) }

// LookupIP is [Resolver.LookupHost] for the addresses of one family, "ip4" or "ip6", or of both, "ip". With it a Resolver
// is one of netio.DialConfig.
func (r *Resolver) LookupIP(family, host string) future.Future[[]netip.Addr] {
	if family != "ip" && family != "ip4" && family != "ip6" {
		return future.Fail[[]netip.Addr](net.UnknownNetworkError(family))
	}
	return r.addresses(family, host)
}

func (r *Resolver) addresses(family, host string) LookupOp[netip.Addr] {
	return lookup(r, question{family, host}, func(ctx context.Context, ask *net.Resolver) ([]netip.Addr, error) {
		addrs, err := ask.LookupNetIP(ctx, family, host)
		for i := range addrs {
			addrs[i] = addrs[i].Unmap()
		}
		return addrs, err
	})
}

// LookupAddr returns an operation that comes to the names of an address.
func (r *Resolver) LookupAddr(addr netip.Addr) LookupOp[string] {
	return lookup(r, question{"addr", addr.String()}, func(ctx context.Context, ask *net.Resolver) ([]string, error) {
		return ask.LookupAddr(ctx, addr.String())
	})
}

// LookupTXT returns an operation that comes to the TXT records of a name.
func (r *Resolver) LookupTXT(name string) LookupOp[string] {
	return lookup(r, question{"txt", name}, func(ctx context.Context, ask *net.Resolver) ([]string, error) {
		return ask.LookupTXT(ctx, name)
	})
}

// LookupMX returns an operation that comes to the mail servers of a name, the preferred ones first.
func (r *Resolver) LookupMX(name string) LookupOp[net.MX] {
	return lookup(r, question{"mx", name}, func(ctx context.Context, ask *net.Resolver) ([]net.MX, error) {
		found, err := ask.LookupMX(ctx, name)
		return values(found), err
	})
}

// LookupSRV returns an operation that comes to where a service is, in the order in which to try, as net.Resolver.LookupSRV does: of
// _service._proto.name, or of name alone if service and proto are "". While an answer is kept, its order is too.
func (r *Resolver) LookupSRV(service, proto, name string) LookupOp[net.SRV] {
	return lookup(r, question{"srv " + service + " " + proto, name}, func(ctx context.Context, ask *net.Resolver) ([]net.SRV, error) {
		_, found, err := ask.LookupSRV(ctx, service, proto, name)
		return values(found), err
	})
}

// values returns what the pointers point to.
func values[T any](found []*T) (all []T) {
	for _, p := range found {
		all = append(all, *p)
	}
	return all
}

// LookupOp is a question, which comes to a list that is the caller's: a handle, one pointer. Dropped, it leaves the look-up to others
// who wait for it, or cancels it. It allocates when it is made, and its list.
type LookupOp[T any] struct{ l *lookupFuture[T] }

// Poll implements future.Future.
func (o LookupOp[T]) Poll(cx *waker.Context) future.Poll[[]T] { return o.future().Poll(cx) }

// Drop implements future.Dropper.
func (o LookupOp[T]) Drop() { o.future().Drop() }

// Await waits for the answer, see [future.Await].
func (o LookupOp[T]) Await(co *future.Co) ([]T, error) { return future.Await[[]T](co, o.future()) }

func (o LookupOp[T]) future() *lookupFuture[T] {
	if o.l == nil {
		panic("dns: a zero LookupOp: the methods of Resolver make them")
	}
	return o.l
}

// lookupFuture asks at its first poll.
type lookupFuture[T any] struct {
	r      *Resolver
	q      question
	find   find
	kept   *answer
	flight *flight
	ended  coord.NotifiedOp
	over   bool
}

func lookup[T any](r *Resolver, q question, fn func(context.Context, *net.Resolver) ([]T, error)) LookupOp[T] {
	r.check()
	return LookupOp[T]{&lookupFuture[T]{r: r, q: q, find: func(ctx context.Context, ask *net.Resolver) (any, error) { return fn(ctx, ask) }}}
}

func (l *lookupFuture[T]) Poll(cx *waker.Context) future.Poll[[]T] {
	if l.over {
		panic("dns: a LookupOp polled after Ready (or after Drop); make another one")
	}
	if l.kept == nil && l.flight == nil {
		if l.kept, l.flight = l.r.ask(l.q, l.find); l.flight != nil {
			l.ended = l.flight.ended.Notified()
		}
	}
	if l.kept == nil && !l.flight.done.Load() && l.ended.Poll(cx).IsPending() && !l.flight.done.Load() {
		return future.Pending[[]T]()
	}
	if !cx.Spend() {
		return future.Pending[[]T]()
	}
	var value any
	var err error
	if l.kept != nil {
		value, err = l.kept.value, l.kept.err
	} else {
		value, err = l.flight.value, l.flight.err
	}
	l.Drop()
	found, _ := value.([]T)
	return future.Done(slices.Clone(found), err)
}

func (l *lookupFuture[T]) Drop() {
	if l.over {
		return
	}
	l.over = true
	if l.flight != nil {
		l.ended.Drop()
		l.r.leave(l.q, l.flight)
	}
}
