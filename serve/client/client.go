package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// Config is how a Client works. The zero value will do.
type Config struct {
	// TLS is for https; nil: the system's authorities. Its ServerName, if empty, is the host's. It must not be changed afterwards.
	TLS *tls.Config
	// Proxy returns the proxy to be used for a request, or nil, as http.ProxyFromEnvironment does; nil: none. Proxies are http URLs. What is https goes
	// through them by CONNECT.
	Proxy func(*http.Request) (*url.URL, error)
	// Dial is how to connect.
	Dial netio.DialConfig
	// ConnectTimeout is how long it may take to connect, a handshake of TLS and the way through a proxy included; 0: 30 seconds.
	ConnectTimeout time.Duration
	// HeaderTimeout is how long it may take from when a connection is there to the end of the response's header; 0: any time.
	HeaderTimeout time.Duration
	// IdleTimeout is how long a connection that waits for its next request is kept; 0: 90 seconds.
	IdleTimeout time.Duration
	// MaxIdlePerHost is how many of those are kept for a host; 0: 64.
	MaxIdlePerHost int
	// MaxHead is the longest header of a response, in bytes; 0: 64 KB.
	MaxHead int
	// Redirects is how many Do follows; 0: 10, and a negative number none: the response is then that of the redirect.
	Redirects int
}

// Client makes requests. Any number of tasks and goroutines may use it at once.
type Client struct {
	config Config
	lock   spin.Lock         // held for a look at a map
	idle   map[place][]*conn // the last one was used last
	clock  *time.Timer       // calls tooLong; nil until a connection is kept
	timed  bool              // it is set
}

// place is what a connection is kept for.
type place struct{ proxy, scheme, host string }

// New returns a client. It connects to nothing.
func New(c Config) (*Client, error) {
	for _, d := range []struct {
		name string
		d    *time.Duration
		zero time.Duration
	}{
		{"ConnectTimeout", &c.ConnectTimeout, 30 * time.Second}, {"HeaderTimeout", &c.HeaderTimeout, 0}, {"IdleTimeout", &c.IdleTimeout, 90 * time.Second},
	} {
		if *d.d < 0 {
			return nil, fmt.Errorf("client: %s is %v; it takes more than 0, or 0 for what it is by itself", d.name, *d.d)
		}
		if *d.d == 0 {
			*d.d = d.zero
		}
	}
	if c.MaxIdlePerHost < 0 || c.MaxHead < 0 {
		return nil, fmt.Errorf("client: MaxIdlePerHost is %d and MaxHead %d; they take more than 0, or 0 for what they are by themselves", c.MaxIdlePerHost, c.MaxHead)
	}
	if c.MaxIdlePerHost == 0 {
		c.MaxIdlePerHost = 64
	}
	if c.MaxHead == 0 {
		c.MaxHead = 64 << 10
	}
	if c.Redirects == 0 {
		c.Redirects = 10
	}
	return &Client{config: c, idle: map[place][]*conn{}}, nil
}

func (c *Client) check() {
	if c == nil || c.idle == nil {
		panic("client: a nil or zero Client: New makes them")
	}
}

// take returns a connection that is kept for a place, or nil. cx is that of who will read from it.
func (c *Client) take(cx *waker.Context, at place) *conn {
	for {
		c.lock.Lock()
		all := c.idle[at]
		if len(all) == 0 {
			c.lock.Unlock()
			return nil
		}
		k := all[len(all)-1]
		all[len(all)-1] = nil
		if c.idle[at] = all[:len(all)-1]; len(all) == 1 {
			delete(c.idle, at)
		}
		c.lock.Unlock()
		if reactor.Until(k.idleUntil) > 0 && k.fresh(cx) {
			k.reused = true
			return k
		}
		k.close()
	}
}

// keep takes a connection back whose response was read to its end.
//
// It is closed after IdleTimeout by a timer of Go's, one for all, which is set while connections are kept: a client
// belongs to no runtime that could have a task for it.
func (c *Client) keep(k *conn) {
	k.idleUntil = reactor.Now().Add(c.config.IdleTimeout)
	c.lock.Lock()
	all := c.idle[k.at]
	room := len(all) < c.config.MaxIdlePerHost
	if room {
		c.idle[k.at] = append(all, k)
		if !c.timed {
			c.setClock(c.config.IdleTimeout)
		}
	}
	c.lock.Unlock()
	if !room {
		k.close()
	}
}

// setClock has tooLong called after d. The lock is held.
func (c *Client) setClock(d time.Duration) {
	c.timed = true
	if c.clock == nil {
		c.clock = time.AfterFunc(d, c.tooLong)
	} else {
		c.clock.Reset(d)
	}
}

// tooLong closes the connections that were kept for IdleTimeout.
func (c *Client) tooLong() {
	var over []*conn
	next := time.Duration(-1)
	c.lock.Lock()
	for at, all := range c.idle {
		n := 0 // the first ones have waited longest
		for n < len(all) && reactor.Until(all[n].idleUntil) <= 0 {
			n++
		}
		over = append(over, all[:n]...)
		if all = slices.Delete(all, 0, n); len(all) == 0 {
			delete(c.idle, at)
			continue
		}
		c.idle[at] = all
		if d := reactor.Until(all[0].idleUntil); next < 0 || d < next {
			next = max(d, time.Millisecond)
		}
	}
	if c.timed = false; next >= 0 {
		c.setClock(next)
	}
	c.lock.Unlock()
	for _, k := range over {
		k.close()
	}
}

// CloseIdleConnections closes the connections that wait for a request. http.Client calls it.
func (c *Client) CloseIdleConnections() {
	c.check()
	c.lock.Lock()
	idle := c.idle
	c.idle = map[place][]*conn{}
	if c.timed {
		c.timed = !c.clock.Stop()
	}
	c.lock.Unlock()
	for _, all := range idle {
		for _, k := range all {
			k.close()
		}
	}
}

// Idle returns how many connections wait for a request.
func (c *Client) Idle() (n int) {
	c.check()
	c.lock.Lock()
	defer c.lock.Unlock()
	for _, all := range c.idle {
		n += len(all)
	}
	return n
}

var errNoHost = errors.New("client: the URL has no host")
