package ws

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// Config is what a Server goes by. Message or Handle must be set. Functions are called in polls of the connection they are about, one at a
// time, and must not block.
type Config struct {
	// Serve has the limits and hooks of connections, and TLS.
	Serve serve.Config

	// Open, if set, is told of a connection whose handshake is over.
	Open func(c *Conn)
	// Message is given each message, text or binary, as a whole. data is lent for the call.
	Message func(c *Conn, op wire.Op, data []byte)
	// Handle, instead of Message, returns the future that serves a connection, for example that of an async function: it takes messages by
	// [Conn.Receive], and when it ends the connection is closed, with the code Normal, or InternalError and Closed told if it fails. It is
	// polled in the connection's task.
	Handle func(c *Conn) future.Future[future.Unit]
	// Closed, if set, is told of the end of each connection that Open was told of: a *CloseError if the peer has closed it in order,
	// what went wrong otherwise.
	Closed func(c *Conn, err error)

	// Check, if set, decides whether a request may become a connection; false is answered by 403. Without it a request of a browser
	// must come from a page of the same host.
	Check func(r *http1.Request) bool
	// Plain, if set, answers requests that are none for a WebSocket: it appends a whole response to out. The connection ends then.
	// Without it they are answered by 426.
	Plain func(out []byte, r *http1.Request) []byte
	// Protocols are the subprotocols that the server speaks. The first that a client asks for too is agreed.
	Protocols []string

	// MaxMessage is how large a message may be, in bytes, compressed or not; 0: 16 MiB.
	MaxMessage int64
	// Compress agrees to permessage-deflate, with empty windows at each message so that no connection holds one.
	Compress bool
	// MaxQueued is how many bytes may wait to be sent; 0: 1 MiB. Full is what is done with more.
	MaxQueued int
	Full      Policy

	// HandshakeTime is how long a request may take to come; 0: 10 seconds.
	HandshakeTime time.Duration
	// PingEvery, if set, is after what silence a connection is sent a ping. After as long again it ends.
	PingEvery time.Duration
	// CloseTime is how long the peer has to take what is queued once the connection is closed, and then to answer the close frame;
	// 0: 5 seconds.
	CloseTime time.Duration
}

// Policy is what is done with a message for somebody whose queue is full.
type Policy uint8

// The policies.
const (
	Disconnect Policy = iota // the connection ends with ErrSlow
	Drop                     // the message is left out, and counted: see Conn.Dropped
	Wait                     // Send returns ErrFull, so that the publisher may wait by SendWait
)

const (
	defaultQueued    = 1 << 20
	defaultHandshake = 10 * time.Second
	defaultClose     = 5 * time.Second
)

func (c *Config) check() error {
	if (c.Message == nil) == (c.Handle == nil) {
		return errors.New("ws: of Config.Message and Config.Handle one is to be set: who takes the messages")
	}
	for i, p := range c.Protocols {
		if http1.CheckField(p, "") != nil || slices.Contains(c.Protocols[:i], p) {
			return fmt.Errorf("ws: the subprotocol %q of Config.Protocols is no token, so that nobody can ask for it, or stands there twice", p)
		}
	}
	return nil
}

func (c *Config) rules() rules {
	return rules{
		open: c.Open, message: c.Message, handle: c.Handle, closed: c.Closed, compress: c.Compress,
		maxMessage: c.MaxMessage, maxQueued: c.MaxQueued, full: c.Full,
		handshakeTime: c.HandshakeTime, pingEvery: c.PingEvery, closeTime: c.CloseTime,
	}
}

// rules are what the connections of a server, or of a client, go by.
type rules struct {
	open    func(c *Conn)
	message func(c *Conn, op wire.Op, data []byte)
	handle  func(c *Conn) future.Future[future.Unit]
	closed  func(c *Conn, err error)

	client     bool
	compress   bool
	full       Policy
	maxMessage int64
	maxQueued  int

	handshakeTime, pingEvery, closeTime time.Duration
}

// check looks at the limits and fills in their defaults.
func (r *rules) check() error {
	switch {
	case r.maxMessage < 0 || r.maxQueued < 0:
		return fmt.Errorf("ws: MaxMessage is %d and MaxQueued %d; they take 1 or more bytes, or 0 for their defaults", r.maxMessage, r.maxQueued)
	case r.full > Wait:
		return fmt.Errorf("ws: Full is %d; it takes Disconnect, Drop or Wait", r.full)
	case r.handshakeTime < 0 || r.pingEvery < 0 || r.closeTime < 0:
		return errors.New("ws: a time is negative; 0 is the default")
	}
	r.maxMessage = cmp.Or(r.maxMessage, wire.DefaultMax)
	r.maxQueued = cmp.Or(r.maxQueued, defaultQueued)
	r.handshakeTime = cmp.Or(r.handshakeTime, defaultHandshake)
	r.closeTime = cmp.Or(r.closeTime, defaultClose)
	return nil
}

// CloseError is a close frame that the peer has sent.
type CloseError struct {
	Code   uint16 // wire/ws.NoStatus if there was none in it
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("ws: the peer has closed the connection: %d %s", e.Code, e.Reason)
}

// How sending and connections end.
var (
	ErrClosed = errors.New("ws: the connection is closed")
	ErrFull   = errors.New("ws: too much waits to be sent")
	ErrSlow   = errors.New("ws: the peer has not read what waited for it")
	ErrLate   = errors.New("ws: the request has not come in time")
	ErrSilent = errors.New("ws: the peer has not answered a ping")
	ErrNoWord = errors.New("ws: the peer has gone without a close frame")
)
