package engine

import (
	"fmt"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/wire/http1"
)

// client sends the same HTTP request again and again.
type client struct {
	requests []byte // as many as may be under way, one behind the other; shared by all connections
	length   int    // of one
	closes   bool   // request asks the server to close
	toHead   bool
	last     int // status of the reply before on this connection, or 0
	response http1.Response
}

func newClient(r *run) *client {
	c := &client{requests: r.requests, length: len(r.requests) / r.config.depth(), closes: r.closes, toHead: r.config.Method == "HEAD"}
	c.response.MaxHead = r.config.MaxHead
	return c
}

func (c *client) size() int { return c.length }

func (c *client) next(n int) []byte { return c.requests[:n*c.length] }

func (c *client) forget() {}

func (c *client) expect(used bool) {
	c.last = 0
	if used {
		c.last = c.response.Status()
	}
	c.response.Reset(c.toHead)
}

func (c *client) feed(p []byte) (n int, done bool, err error) {
	if n, err = c.response.Feed(p); err != nil {
		err = c.explain(err, p)
	}
	return n, c.response.Done(), err
}

// explain says where in the conversation it was that the reply in p was found wrong.
func (c *client) explain(err error, p []byte) error {
	status := c.response.Status()
	begin := p[:min(len(p), 24)]
	switch {
	case err == http1.ErrHeadSize:
		return fmt.Errorf("status %d: %w (--max-header)", status, err)
	case status != 0:
		return fmt.Errorf("status %d: %w", status, err)
	case c.last != 0:
		return fmt.Errorf("%w: %s, and %q followed it", stats.ErrSurplus, c.reply(c.last), begin)
	}
	return fmt.Errorf("%w: %q", err, begin)
}

func (c *client) surplus(n int) error {
	return fmt.Errorf("%w: %s, and %d bytes followed it", stats.ErrSurplus, c.reply(c.response.Status()), n)
}

// reply names a reply and, if that is so, why nothing may follow its header.
func (c *client) reply(status int) string {
	switch {
	case c.toHead:
		return fmt.Sprintf("a reply with status %d to HEAD has no content", status)
	case status == 204 || status == 304:
		return fmt.Sprintf("a reply with status %d has no content", status)
	}
	return fmt.Sprintf("the reply with status %d was complete", status)
}

func (c *client) eof() error     { return c.response.EOF() }
func (c *client) mayClose() bool { return true }
func (c *client) reusable() bool { return !c.closes && c.response.KeepAlive() }
func (c *client) status() int    { return c.response.Status() }
