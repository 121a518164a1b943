package engine

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// A server may close a keep-alive connection whenever no request is under way (RFC 9112,
// section 9.3), and the client's next request crosses with that. It is no failure of the
// request: it is sent again at once on a new connection, and its latency runs on. What
// tells such a close from a failure is that the connection has carried an exchange
// before, and that not a byte of the reply has come. A server that closes each
// connection at once fails all the same: a fresh connection is not given this.

// broken handles an error of the connection.
func (c *conn) broken(err error) {
	switch {
	case c.state == greeting:
		c.fail(fmt.Errorf("before the first request: %w", err))
	case c.flight.n == 0 && c.traits.mayClose && isClose(err):
		if c.run.phase.Load() == measuring {
			c.shard.ClosedIdle()
		}
		c.hangUp()
		c.state = idle
	case c.flight.n == 0:
		c.unasked(fmt.Errorf("between two requests: %w", err))
	case c.used && c.received == 0 && c.r == c.w && c.traits.mayClose && isClose(err):
		if c.flight.at(0).counted {
			c.shard.ClosedIdle()
		}
		c.reopen()
	default:
		c.fail(c.explain(err))
	}
}

// explain says of a close what it cut short.
func (c *conn) explain(err error) error {
	switch {
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return err
	case c.received == 0:
		return fmt.Errorf("the server closed the connection and sent no reply: %w", err)
	}
	return fmt.Errorf("the server closed the connection after %d bytes of a reply: %w", c.received, err)
}

func isClose(err error) bool {
	kind := stats.Classify(err)
	return kind == stats.EOF || kind == stats.Reset
}

// reopen sends what is under way again on a new connection.
func (c *conn) reopen() {
	c.hangUp()
	c.redial()
}

// unasked handles what is wrong with a connection on which nothing is under way.
func (c *conn) unasked(err error) {
	if c.run.phase.Load() == measuring {
		c.shard.Fail(err)
	}
	c.fail(err)
}

// odd handles a reply that is complete and breaks the rules: a failure, or if lenience
// is asked for the last reply of its connection, for nobody can tell what comes next.
func (c *conn) odd(err error) {
	switch {
	case c.flight.n == 0 && !c.run.config.Lenient:
		c.unasked(err)
		return
	case !c.run.config.Lenient:
		c.fail(err)
		return
	case c.flight.n > 0:
		c.lenient()
		c.complete(nil)
	}
	c.hangUp()
	c.state = idle
}

func (c *conn) lenient() {
	if c.flight.at(0).counted {
		c.shard.Lenient()
	}
}
