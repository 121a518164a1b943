package serve

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"time"
)

// Config is what a Server goes by. The zero value has no limits and tells nobody.
type Config struct {
	// MaxConns is how many connections may be open at once; 0: any number. At the limit accepting waits.
	MaxConns int
	// MaxPerPeer is how many one peer may have open at once; 0: any number. Further ones are closed as soon as they
	// are accepted, and counted as refused. A peer is an IPv4 address, or an IPv6 network of 64 bits, which is
	// what one subscriber is given. Unix sockets have no peer and are not limited.
	MaxPerPeer int
	// Grace is how long connections may go on after the context of [Server.Run] is done; 0: 10 seconds. A
	// negative one cuts them at once.
	Grace time.Duration
	// FirstTime is how long a connection that is new when the server begins to end has for its TLS handshake and its first request; 0:
	// a second. It counts from that beginning. With a negative one only what has come already is looked at. See [Conn.Ends].
	FirstTime time.Duration
	// TLS, if set, has every connection begin with a handshake of TLS, which is done when its future is first polled. It is
	// not changed, and must not be. Its callbacks run on a worker and must not block; those of a
	// tlsio.Certificates let certificates be loaded again while the server runs.
	TLS *tls.Config
	// HandshakeTimeout is how long that may take; 0: 10 seconds. A connection whose handshake fails comes to no state, and is
	// told to OnError.
	HandshakeTimeout time.Duration
	// OnState, if set, is told of every state that a connection comes to. It is called in the connection's poll,
	// so it must not block; its Conn is lent for the call.
	OnState func(c *Conn, s State)
	// OnError, if set, is told of each connection that ended with an error, a *future.PanicError if its future panicked, future.ErrGoexit if it
	// called runtime.Goexit. It is called as OnState is, before the connection is closed.
	OnError func(c *Conn, err error)
}

const (
	defaultGrace = 10 * time.Second
	defaultFirst = time.Second
)

func (c *Config) check() error {
	switch {
	case c.MaxConns < 0:
		return fmt.Errorf("serve: MaxConns is %d; it takes 1 or more, or 0 for no limit", c.MaxConns)
	case c.MaxPerPeer < 0:
		return fmt.Errorf("serve: MaxPerPeer is %d; it takes 1 or more, or 0 for no limit", c.MaxPerPeer)
	}
	c.Grace = cmp.Or(c.Grace, defaultGrace)
	c.FirstTime = cmp.Or(c.FirstTime, defaultFirst)
	return c.checkTLS()
}

// State is what a connection does.
type State uint8

// A connection is new until its protocol says otherwise, and closed or detached in the end. An active one has a
// request under way, an idle one waits for the next.
const (
	StateNew State = iota
	StateActive
	StateIdle
	StateDetached // it was handed over by Conn.Detach
	StateClosed
)

func (s State) String() string {
	switch s {
	case StateNew:
		return "new"
	case StateActive:
		return "active"
	case StateIdle:
		return "idle"
	case StateDetached:
		return "detached"
	case StateClosed:
		return "closed"
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

var (
	// ErrClosed is what serving returns after Shutdown or Close.
	ErrClosed = errors.New("serve: the server was shut down")

	errNoHandler = errors.New("serve: New takes a function that returns the future of a connection; it is nil")
	errNoInit    = errors.New("serve: NewOf takes a function that prepares a connection's machine; it is nil")
)

// CutError tells that Shutdown did not wait for all connections.
type CutError struct {
	Cut   int   // were dropped, with a request or an answer unfinished
	Stuck int   // could not be ended, as the worker that polls them has not come back
	Cause error // why Shutdown did not wait any longer
}

func (e *CutError) Error() string {
	if e.Stuck > 0 {
		return fmt.Sprintf("serve: %d connections cut, and %d in polls that do not return: %v", e.Cut, e.Stuck, e.Cause)
	}
	return fmt.Sprintf("serve: %d connections cut with something under way: %v", e.Cut, e.Cause)
}

// Unwrap returns the cause.
func (e *CutError) Unwrap() error { return e.Cause }
