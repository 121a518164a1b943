package netio

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/magpie-go/magpie/future"
)

// DialConfig is how to dial. The zero value is what [Dial] uses.
type DialConfig struct {
	// LocalAddr is where TCP connections come from. Without an address it is what the system chooses, for the
	// port too if that is 0. Only addresses of the same family are then tried.
	LocalAddr netip.AddrPort
	// LocalPath is where a connection of a Unix socket comes from: a path that is not there yet, or an abstract name, that the server
	// then has for its peer's address. Its file stays, also when the dial fails or is dropped: the caller removes it.
	LocalPath string
	// FastOpen has a TCP connection begin with the first data that is written, where the peer has allowed that before: the
	// operation is then ready at once, and an error of connecting is one of that write. It is Linux's; elsewhere it does nothing.
	FastOpen bool
	// Control, unless nil, is called with the descriptor of each socket before it is bound and connected, for options that must
	// be set then, with the network, as tcp4, and the address that is tried. An error of it is that of the attempt. It is called by
	// the thread that polls, so it must not block.
	Control func(network, address string, fd uintptr) error
	// Resolver looks host names up; nil stands for that of the system, see [LookupPool].
	Resolver Resolver
	// AttemptDelay is how long one attempt to connect goes on alone before the next address is tried beside it; 0
	// stands for 250 ms, and a negative one for as long as it takes.
	AttemptDelay time.Duration
	// ResolutionDelay is how long the IPv4 addresses of a host, if they are found first, wait for its IPv6 ones; 0
	// stands for 50 ms, and a negative one for no time at all.
	ResolutionDelay time.Duration
}

// Resolver finds the addresses of hosts. Its futures are polled by the task that dials, and dropped if it is given up.
type Resolver interface {
	// LookupIP returns a future of the addresses of a host in one family, "ip4" or "ip6", the preferred ones first. A host
	// that has none is an error, or no addresses.
	LookupIP(family, host string) future.Future[[]netip.Addr]
}

// What RFC 8305 recommends.
const (
	attemptDelay    = 250 * time.Millisecond
	resolutionDelay = 50 * time.Millisecond
)

// Dial returns an operation that connects to an address; see the package comment for what
// an address is. The networks are tcp, tcp4, tcp6, unix and unixpacket. TCP connections have TCP_NODELAY set.
//
// A host that has several addresses is dialled as RFC 8305 has it: IPv6 and IPv4 addresses in turn, each a quarter of a second after the one
// before it, or as soon as that has failed. The first one that connects is taken, and the others are closed. The error is
// that of the first that failed. Names are looked up away from the thread that polls.
//
// There is no limit of time but the system's: give one with clock.Timeout. Dropped
// before it is ready, it closes what it has opened.
//
// Errors are *net.OpError with the reason wrapped, such as syscall.ECONNREFUSED.
func Dial(network, address string) DialOp { return DialConfig{}.Dial(network, address) }

// Dial is [Dial] with options.
func (dc DialConfig) Dial(network, address string) DialOp { return DialOp{dc.dial(network, address)} }

// check returns what is wrong with an address, which hp is the parts of if it is one of TCP.
func (dc DialConfig) check(network, address string) (hp hostPort, err error) {
	if err := checkNetwork(network); err != nil {
		return hp, err
	}
	if ofUnix(network) {
		if dc.LocalAddr != (netip.AddrPort{}) {
			return hp, fmt.Errorf("netio: a LocalAddr of %v for a Unix socket: it is for TCP", dc.LocalAddr)
		}
		if err := checkUnixPath(address); err != nil || dc.LocalPath == "" {
			return hp, err
		}
		return hp, checkUnixPath(dc.LocalPath)
	}
	if err := dc.checkNoPath(network); err != nil {
		return hp, err
	}
	return splitAddress(network, address)
}

// checkNoPath refuses a LocalPath for a network whose addresses are none.
func (dc DialConfig) checkNoPath(network string) error {
	if dc.LocalPath != "" {
		return fmt.Errorf("netio: a LocalPath of %q for %s: it is for Unix sockets", dc.LocalPath, network)
	}
	return nil
}

// fits reports whether an address may be dialled from the local one.
func (dc DialConfig) fits(a netip.Addr) bool {
	local := dc.LocalAddr.Addr().Unmap()
	return !local.IsValid() || local.Is4() == a.Is4()
}

// dialError is an error of a dial as a whole.
func dialError(network string, err error) error {
	return &net.OpError{Op: "dial", Net: network, Err: err}
}
