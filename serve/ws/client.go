package ws

import (
	"cmp"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"time"

	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// ClientConfig is what a Client goes by. The zero value will do: messages are then taken by [Conn.Receive]. Functions are called in polls of the
// connection they are about, one at a time, and must not block.
type ClientConfig struct {
	// TLS is for wss; nil: the system's authorities. Its ServerName, if empty, is the host's. It must not be changed afterwards.
	TLS *tls.Config
	// Dial is how to connect.
	Dial netio.DialConfig
	// Runtime is where the tasks of connections run; nil: in the runtime that polls the operation of [Client.Dial].
	Runtime *sched.Runtime

	// Header is what requests have beside what a handshake is made of, such as Origin, Cookie or Authorization. It is not changed.
	Header http.Header
	// Protocols are the subprotocols to ask for, the best one first.
	Protocols []string
	// Compress offers permessage-deflate, with empty windows at each message.
	Compress bool

	// Open, Message and Closed are what they are in [Config].
	Open    func(c *Conn)
	Message func(c *Conn, op wire.Op, data []byte)
	Closed  func(c *Conn, err error)

	// MaxMessage, MaxQueued, Full, PingEvery and CloseTime are what they are in [Config].
	MaxMessage int64
	MaxQueued  int
	Full       Policy
	PingEvery  time.Duration
	CloseTime  time.Duration
	// HandshakeTime is how long it may take to connect, a handshake of TLS and the answer of the server included; 0: 10 seconds.
	HandshakeTime time.Duration
	// MaxHead is how long the header of the answer may be, in bytes; 0: 16 KiB.
	MaxHead int
}

// Client makes connections. Any number of tasks and goroutines may use it at once.
type Client struct {
	config ClientConfig
	rules  rules
}

// NewClient returns a client. It connects to nothing.
func NewClient(c ClientConfig) (*Client, error) {
	if c.MaxHead < 0 {
		return nil, fmt.Errorf("ws: MaxHead is %d; it takes 1 or more bytes, or 0 for 16 KiB", c.MaxHead)
	}
	l := &Client{config: c, rules: rules{
		client: true, open: c.Open, message: c.Message, closed: c.Closed, compress: c.Compress,
		maxMessage: c.MaxMessage, maxQueued: c.MaxQueued, full: c.Full,
		handshakeTime: c.HandshakeTime, pingEvery: c.PingEvery, closeTime: c.CloseTime,
	}}
	if err := l.rules.check(); err != nil {
		return nil, err
	}
	_, _, _, err := l.prepare("ws://localhost/") // what is wrong with the configuration is said here
	return l, err
}

var errURL = errors.New("ws: a URL is ws://host:port/path?query, or wss://…, without a fragment")

// prepare returns what to connect to, and the request.
func (l *Client) prepare(address string) (u *url.URL, o *wire.Opening, request []byte, err error) {
	u, err = url.Parse(address)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", errURL, err)
	}
	if u.Scheme != "ws" && u.Scheme != "wss" || u.Hostname() == "" || u.Fragment != "" {
		return nil, nil, nil, fmt.Errorf("%w: %q is not", errURL, u.Redacted())
	}
	header := textproto.MIMEHeader(l.config.Header)
	if u.User != nil && l.config.Header.Get("Authorization") == "" {
		header = textproto.MIMEHeader(l.config.Header.Clone())
		if header == nil {
			header = textproto.MIMEHeader{}
		}
		password, _ := u.User.Password()
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	o = &wire.Opening{
		Host: u.Host, Target: u.RequestURI(), Key: newKey(), Header: header,
		Protocols: l.config.Protocols, Compress: l.config.Compress, MaxHead: l.config.MaxHead,
	}
	request, err = o.Append(nil)
	if err != nil {
		err = fmt.Errorf("ws: %w", err)
	}
	return u, o, request, err
}

// hostPort returns what to dial.
func hostPort(u *url.URL) string {
	port := "80"
	if u.Scheme == "wss" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
}
