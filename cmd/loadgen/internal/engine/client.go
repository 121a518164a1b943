package engine

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/wire/http1"
)

// clientPlan is one HTTP request, sent again and again.
type clientPlan struct {
	requests []byte // as many as may be under way, one behind the other
	length   int    // of one
	closes   bool   // it asks the server to close
	toHead   bool
	maxHead  int
	varied   *variants // nil: all are alike
	checks   []Check
	config   *Config
}

func (c *Config) clientPlan() (plan, error) {
	if err := c.checkMaxHead(); err != nil {
		return nil, err
	}
	p := &clientPlan{toHead: c.Method == "HEAD", maxHead: c.MaxHead, checks: c.Checks, config: c}
	if c.isVaried() {
		var err error
		if p.varied, err = c.variants(); err != nil {
			return nil, err
		}
		p.closes = p.varied.closes
		return p, nil
	}
	request, closes, err := c.request()
	p.requests, p.length, p.closes = bytes.Repeat(request, c.depth()), len(request), closes
	return p, err
}

func (p *clientPlan) connection(i uint64) (protocol, int) {
	c := &client{plan: p}
	c.response.MaxHead = p.maxHead
	if p.varied != nil {
		c.varied = newVaried(p.varied, p.config, i)
	}
	if p.varied.looks(p.checks) {
		c.checker = newChecker(p.checks)
		c.response.Sink = c.checker.sink
	}
	if c.varied != nil && c.varied.session != nil {
		return &scenarioClient{c}, firstBuffer
	}
	return c, firstBuffer
}

// client is a connection of HTTP/1.1.
type client struct {
	plan     *clientPlan
	varied   *varied  // nil: the plan's requests are sent
	checker  *checker // nil: replies are not looked at
	last     int      // status of the reply before on this connection, or 0
	response http1.Response
}

func (c *client) traits() traits { return traits{mayClose: true} }

func (c *client) next(n int) ([]byte, []int) {
	if c.varied != nil {
		return c.varied.next(n)
	}
	return c.plan.requests[:n*c.plan.length], nil
}

func (c *client) forget() {}

func (c *client) expect(used bool) {
	c.last = 0
	if used {
		c.last = c.response.Status()
	}
	toHead := c.plan.toHead
	if c.varied != nil && c.varied.session != nil {
		s := c.varied.session
		toHead = c.plan.varied.all[s.at].toHead
		if c.checker != nil {
			c.checker.use(s.current().checks, s.current().extract)
		}
	}
	c.response.Reset(toHead)
	if c.checker != nil {
		c.checker.reset()
	}
}

func (c *client) feed(p []byte) (n int, got outcome, err error) {
	if n, err = c.response.Feed(p); err != nil {
		err = c.explain(err, p)
	}
	if c.checker != nil {
		c.checker.took(p[:n])
	}
	if c.response.Done() {
		return n, answered, c.verdict()
	}
	return n, more, err
}

// verdict implements judge.
func (c *client) verdict() error {
	if c.checker == nil {
		return nil
	}
	err := c.checker.verdict(c.response.Status(), c.response.Content())
	if c.varied == nil || c.varied.session == nil {
		return err
	}
	return cmp.Or(c.varied.session.extract(c.checker, c.response.Status()), err)
}

// scenarioClient is a connection of HTTP/1.1 that a scenario's users use.
type scenarioClient struct{ *client }

func (c *scenarioClient) step() (int, bool) { return c.varied.session.step() }
func (c *scenarioClient) giveUp()           { c.varied.session.giveUp() }

func (c *scenarioClient) advance(refusal error) (time.Duration, ending) {
	return c.varied.session.advance(refusal, &c.varied.filling)
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
	case c.plan.toHead:
		return fmt.Sprintf("a reply with status %d to HEAD has no content", status)
	case status == 204 || status == 304:
		return fmt.Sprintf("a reply with status %d has no content", status)
	}
	return fmt.Sprintf("the reply with status %d was complete", status)
}

func (c *client) eof() error     { return c.response.EOF() }
func (c *client) reusable() bool { return !c.plan.closes && c.response.KeepAlive() }
func (c *client) status() int    { return c.response.Status() }
