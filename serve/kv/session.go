package kv

import (
	"bytes"

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

	watch *watcher // nil: nothing
	box   *mailbox // of a subscriber
}

type queuedCommand struct {
	cmd  *command
	args [][]byte
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

func (s *session) queue(cmd *command, args [][]byte) {
	q := queuedCommand{cmd: cmd, args: make([][]byte, len(args))}
	for i, a := range args {
		q.args[i] = bytes.Clone(a)
	}
	s.queued = append(s.queued, q)
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
	case c.kv.config.Password != "" && (s == nil || !s.authorized) && cmd.flags&open == 0 && !c.loads:
		c.fail("NOAUTH Authentication required.")
	case s != nil && s.multi && cmd.flags&single != 0:
		c.fail("ERR Command not allowed inside a transaction")
		s.spoiled = true
	case s != nil && c.v < resp.V3 && s.box != nil && s.box.subscribed() && cmd.flags&listens == 0:
		c.fail("ERR Can't execute '" + cmd.name + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context")
	default:
		return true
	}
	return false
}
