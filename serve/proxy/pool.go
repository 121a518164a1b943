package proxy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net"
	"slices"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
)

// Balance is how a Pool chooses.
type Balance uint8

const (
	// LeastConns takes the server with the fewest connections through this pool, of several the next one in turn.
	LeastConns Balance = iota
	// RoundRobin takes one after another.
	RoundRobin
)

// PoolConfig is the servers of a Pool. Addresses has to be set.
type PoolConfig struct {
	Network        string           // of all addresses, as for netio.Dial; empty: tcp
	Addresses      []string         // host:port each
	Balance        Balance          // LeastConns, if not set
	Dial           netio.DialConfig // how to connect
	ConnectTimeout time.Duration    // of one attempt; 0: 5 seconds
	FailTime       time.Duration    // how long one is left out that could not be connected to; 0: 10 seconds
	CheckEvery     time.Duration    // how often Watch connects to each; 0: never
	// OnHealth, if set, is told of each server that is left out, with why, and of each that comes back, with nil. It is called by
	// the task that found out, and must not block.
	OnHealth func(address string, err error)
}

// Pool is the servers behind a proxy, and how they are. Any number of threads may use it.
//
// What it knows of a server are two words, each changed by one operation: how many connections it has, and until when it
// is left out. Who chooses reads them one after another, so two that choose at once may choose the same one, which has then one
// more than the fewest. Rejected: a lock around the choice, for that difference is gone with the next connection.
type Pool struct {
	config    PoolConfig
	upstreams []*Upstream
	turn      word.Uint32
}

// Upstream is one server of a Pool.
type Upstream struct {
	_       word.Align64
	pool    *Pool
	address string
	conns   word.Int32
	out     word.Int64 // nanoseconds since epoch until which it is left out; 0: it is not
}

var epoch = time.Now()

// untilChecked is a time that only a check that succeeds ends.
const untilChecked = math.MaxInt64

// NewPool returns a pool. It connects to nothing.
func NewPool(config PoolConfig) (*Pool, error) {
	if len(config.Addresses) == 0 {
		return nil, errors.New("proxy: a pool without Addresses: give those of the servers, host:port")
	}
	config.Network = cmp.Or(config.Network, "tcp")
	if config.Balance > RoundRobin {
		return nil, fmt.Errorf("proxy: Balance is %d; it is LeastConns or RoundRobin", config.Balance)
	}
	for name, d := range map[string]*time.Duration{"ConnectTimeout": &config.ConnectTimeout, "FailTime": &config.FailTime, "CheckEvery": &config.CheckEvery} {
		if *d < 0 {
			return nil, fmt.Errorf("proxy: %s is %v; it takes more than 0, or 0 for what it is by itself", name, *d)
		}
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, 5*time.Second)
	config.FailTime = cmp.Or(config.FailTime, 10*time.Second)
	config.Addresses = slices.Clone(config.Addresses)
	p := &Pool{config: config}
	for _, a := range config.Addresses {
		if err := checkAddress(config.Network, a); err != nil {
			return nil, err
		}
		p.upstreams = append(p.upstreams, &Upstream{pool: p, address: a})
	}
	return p, nil
}

// checkAddress refuses what can never be connected to, so that it is not taken for a server that is down.
func checkAddress(network, address string) error {
	switch network {
	case "tcp", "tcp4", "tcp6":
	case "unix", "unixpacket":
		return nil
	default:
		return fmt.Errorf("proxy: network %q; it is tcp, tcp4, tcp6, unix or unixpacket", network)
	}
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		n := 0
		if n, err = net.LookupPort(network, port); err == nil && n == 0 {
			err = errors.New("no port")
		}
	}
	if err != nil {
		return fmt.Errorf("proxy: the address of a server is %q; want host:port, such as 127.0.0.1:8080: %w", address, err)
	}
	return nil
}

// Pick chooses a server and counts a connection for it, which [Upstream.Release] takes off. It prefers those that are not
// left out, and of all those that avoid does not name. It does not wait, and allocates nothing.
func (p *Pool) Pick(avoid ...*Upstream) *Upstream {
	n := uint32(len(p.upstreams))
	first := p.turn.Inc()
	now := since()
	var best *Upstream
	var bestRank, bestConns int32
	for i := range n {
		u := p.upstreams[(first+i)%n]
		rank := u.rank(now, avoid)
		conns := u.conns.Load()
		if p.config.Balance == RoundRobin {
			conns = 0
		}
		if best == nil || rank < bestRank || rank == bestRank && conns < bestConns {
			best, bestRank, bestConns = u, rank, conns
		}
	}
	best.conns.Inc()
	return best
}

func (u *Upstream) rank(now int64, avoid []*Upstream) (r int32) {
	if slices.Contains(avoid, u) {
		r += 2
	}
	if u.out.Load() > now {
		r++
	}
	return r
}

// Address returns where the server is.
func (u *Upstream) Address() string { return u.address }

// Conns returns how many connections are counted for it.
func (u *Upstream) Conns() int { return int(u.conns.Load()) }

// Up reports whether it is not left out.
func (u *Upstream) Up() bool { return u.out.Load() <= since() }

// Release takes off a connection that [Pool.Pick] has counted.
func (u *Upstream) Release() { u.conns.Dec() }

// Upstreams returns all servers, in the order of the addresses. The slice is the pool's.
func (p *Pool) Upstreams() []*Upstream { return p.upstreams }

// failed leaves a server out for a while, unless the error says nothing of it.
func (u *Upstream) failed(err error, until int64) {
	if !lacking(err) && u.out.Swap(until) <= since() {
		u.tell(err)
	}
}

// lacking reports whether it is this process that has no descriptor, or no memory, for another connection.
func lacking(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM)
}

// answered brings a server back.
func (u *Upstream) answered() {
	if u.out.Load() != 0 && u.out.Swap(0) != 0 {
		u.tell(nil)
	}
}

func (u *Upstream) tell(err error) {
	if f := u.pool.config.OnHealth; f != nil {
		f(u.address, err)
	}
}

// since returns the time on the clock that the caller goes by.
func since() int64 { return int64(reactor.Now().Sub(epoch)) }
