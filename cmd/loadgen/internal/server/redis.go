package server

import (
	"bytes"

	"github.com/magpie-go/magpie/wire/resp"
)

// maxValue is how large the argument of a command may be, and the sum of them.
const maxValue = 1 << 20

// redisHandler answers commands as Redis does, of those that need no memory: GET has a value of three bytes, SET is
// taken and forgotten, PING and ECHO answer what they were given, and all else is OK.
type redisHandler struct {
	reader resp.Reader
	args   [][]byte
	fails  func() bool // nil: never
	begun  bool
}

var redisLimits = resp.Limits{Args: 1024, Bulk: maxValue, Total: maxValue}

// handle answers all the commands that p holds.
func (h *redisHandler) handle(p, out []byte, c *Counts) (n int, _ []byte, finish, linger bool) {
	for {
		took, args, err := h.reader.Next(p[n:], h.args[:0], &redisLimits)
		h.args = args
		if err != nil {
			c.Refused++
			return n, resp.AppendError(out, "ERR "+err.Error()), true, true
		}
		if n += took; took == 0 || len(args) == 0 {
			h.begun = h.reader.Begun()
			return n, out, false, false
		}
		c.Requests++
		out = h.reply(out, args)
		if len(out) >= maxAnswers {
			h.begun = false
			return n, out, false, false
		}
	}
}

func (h *redisHandler) reply(out []byte, args [][]byte) []byte {
	is := func(name string) bool { return bytes.EqualFold(args[0], []byte(name)) }
	switch {
	case isTrue(h.fails):
		return resp.AppendError(out, "ERR an error as asked for")
	case is("PING") && len(args) == 1:
		return resp.AppendSimple(out, "PONG")
	case (is("PING") || is("ECHO")) && len(args) == 2:
		return resp.AppendBulk(out, args[1])
	case is("GET"):
		return resp.AppendBulk(out, "xxx")
	case is("CONFIG"), is("COMMAND"):
		return resp.AppendArray(out, 0)
	}
	return resp.AppendSimple(out, "OK")
}

func (h *redisHandler) unfinished() bool { return h.begun }

// room doubles, as far as the largest command.
func (h *redisHandler) room(size int) int { return min(max(2*size, httpBuffer), 2*maxValue) }
