package kv

import (
	"bytes"
	"cmp"
	"strconv"

	"github.com/magpie-go/magpie/wire/resp"
)

// session is what the server remembers of a client that has said more than plain commands: most have none.
type session struct {
	authorized bool
	name       string
	lib, ver   string

	multi   bool
	spoiled bool // what was queued is not to be run
	queued  []queuedCommand
	holds   int // bytes of what is queued

	watch *watcher // nil: nothing
	box   *mailbox // of a subscriber
}

type queuedCommand struct {
	cmd  *command
	args [][]byte
}

// strangers are the limits of who has not sent the password yet, as in Redis: nobody else may have memory held for a command.
var strangers = resp.Limits{Args: 10, Bulk: 16 << 10}

// isStranger reports whether the client has not sent the password that it has to send.
func (c *call) isStranger() bool {
	return c.kv.config.Password != "" && (c.s == nil || !c.s.authorized)
}

// limits returns those of the client's next command.
func (c *call) limits() *resp.Limits {
	if c.isStranger() {
		return &strangers
	}
	return &c.kv.config.Limits
}

// refusal is what a client is told whose command, which p begins with, is none.
func (kv *Server) refusal(err error, p []byte, limits *resp.Limits) string {
	if limits == &strangers && (err == resp.ErrArrayLength || err == resp.ErrBulkLength) {
		if _, _, other := new(resp.Reader).Next(p, nil, &kv.config.Limits); other != err { // but for the password it would do
			if err == resp.ErrArrayLength {
				return "Protocol error: unauthenticated multibulk length"
			}
			return "Protocol error: unauthenticated bulk length"
		}
	}
	return err.Error()
}

// session returns the client's, which is made when it is needed.
func (c *call) session() *session {
	if c.s == nil {
		c.s = new(session)
		if c.conn != nil {
			c.conn.session = c.s
		}
	}
	return c.s
}

// queuedArgument is what an argument takes beside its bytes, about.
const queuedArgument = 32

// queue keeps a command for EXEC. A client whose commands are more than one may be has to go, as in Redis: EXEC would not free their memory
// before it comes. What a log has was accepted once.
func (c *call) queue(cmd *command) {
	s := c.s
	for _, a := range c.args {
		s.holds += len(a) + queuedArgument
	}
	if most := cmp.Or(c.kv.config.Limits.Total, resp.MaxTotal); s.holds > most && !c.loads {
		s.endMulti()
		c.fail("ERR the commands behind MULTI take more than the limit of " + strconv.Itoa(most) + " bytes")
		c.quit = true
		return
	}
	q := queuedCommand{cmd: cmd, args: make([][]byte, len(c.args))}
	for i, a := range c.args {
		q.args[i] = bytes.Clone(a)
	}
	s.queued = append(s.queued, q)
	c.simple("QUEUED")
}

// spoil has EXEC fail: a command that it was to run is none.
func (c *call) spoil() {
	if c.s != nil && c.s.multi {
		c.s.spoiled = true
	}
}

// mayRun reports whether the client may send a command as it is, or answers why not.
func (c *call) mayRun(cmd *command) bool {
	s := c.s
	switch {
	case c.isStranger() && cmd.flags&open == 0 && !c.loads:
		c.fail("NOAUTH Authentication required.")
	case s != nil && s.multi && cmd.flags&single != 0:
		c.fail("ERR Command not allowed inside a transaction")
		s.spoiled = true
	case s != nil && c.v < resp.V3 && s.box != nil && s.box.subscribed() && cmd.flags&listens == 0:
		refused := "ERR "
		if cmd.name == "exec" {
			s.endMulti()
			s.unwatch(c.kv)
			refused = "EXECABORT Transaction discarded because of: "
		}
		c.fail(refused + "Can't execute '" + c.fullName(cmd) + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context")
	default:
		return true
	}
	return false
}
