package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
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
	over   time.Time         // until then none of idle has been kept for too long
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

// take returns a connection that is kept for a place, or nil.
func (c *Client) take(at place) *conn {
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
		if reactor.Until(k.idleUntil) > 0 && k.fresh() {
			k.reused = true
			return k
		}
		k.close()
	}
}

// keep takes a connection back whose response was read to its end, and closes those that were kept for long.
func (c *Client) keep(k *conn) {
	var over []*conn
	now := reactor.Now()
	k.idleUntil = now.Add(c.config.IdleTimeout)
	c.lock.Lock()
	if all := c.idle[k.at]; len(all) < c.config.MaxIdlePerHost {
		c.idle[k.at] = append(all, k)
	} else {
		over = append(over, k)
	}
	if !now.Before(c.over) {
		over = append(over, c.takeOver(now)...)
	}
	c.lock.Unlock()
	for _, k := range over {
		k.close()
	}
}

// takeOver returns those that were kept for long, one of each host, and notes when to look again. The lock is held.
func (c *Client) takeOver(now time.Time) (over []*conn) {
	c.over = now.Add(c.config.IdleTimeout)
	for at, all := range c.idle { // the first one has waited longest
		if first := all[0]; !now.Before(first.idleUntil) {
			over = append(over, first)
			all = all[1:]
			c.idle[at] = all
		}
		if len(all) == 0 {
			delete(c.idle, at)
		} else if all[0].idleUntil.Before(c.over) {
			c.over = all[0].idleUntil
		}
	}
	return over
}

// CloseIdleConnections closes the connections that wait for a request. http.Client calls it.
func (c *Client) CloseIdleConnections() {
	c.check()
	c.lock.Lock()
	idle := c.idle
	c.idle = map[place][]*conn{}
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
