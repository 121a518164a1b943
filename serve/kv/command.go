package kv

import "strings"

// command is one that there is. Its arity counts the name and is negative if there may be more arguments; its keys are
// the arguments from first to last (from the end, if negative), every step-th. first is 0 if it has none, or
// locks shards itself.
type command struct {
	name              string
	arity             int
	first, last, step int
	flags             flags
	run               func(*call)
}

type flags uint8

const (
	writes  flags = 1 << iota
	atOnce        // not queued by MULTI
	listens       // may be sent by a subscriber of RESP 2
	open          // may be sent before AUTH
	single        // not inside of MULTI
	touches       // those of its keys that it changes, itself
	parent        // the next word says what it does
)

// commands has each command by its name in capitals. It is filled before main: some commands answer from it.
var commands = map[string]*command{}

func init() {
	for _, list := range [][]command{stringCommands, numberCommands, expiryCommands, listCommands, hashCommands, keyCommands, pubsubCommands, connectionCommands, transactionCommands} {
		for i := range list {
			commands[strings.ToUpper(list[i].name)] = &list[i]
		}
	}
}

// subcommands are those of commands that have some: the arity of each, with both names.
var subcommands = map[string]map[string]int{
	"client":  {"ID": 2, "GETNAME": 2, "SETNAME": 3, "SETINFO": 4, "LIST": -2, "INFO": 2},
	"pubsub":  {"CHANNELS": -2, "NUMSUB": -2, "NUMPAT": 2},
	"config":  {"GET": -3},
	"command": {"COUNT": 2, "DOCS": -2, "INFO": -2},
}

// fits reports whether a command of n words has as many as there must be.
func fits(n, arity int) bool { return n == arity || arity < 0 && n >= -arity }

// isWhole reports whether the command that was sent has as many words as it takes, and a subcommand that there is, or answers what is wrong.
func (c *call) isWhole(cmd *command) bool {
	whole := fits(len(c.args), cmd.arity)
	if whole && cmd.flags&parent != 0 && len(c.args) > 1 {
		sub := c.subcommand()
		arity, ok := subcommands[cmd.name][strings.ToUpper(sub)]
		if !ok {
			c.fail("ERR unknown subcommand '" + sub + "'. Try " + strings.ToUpper(cmd.name) + " HELP.")
			return false
		}
		whole = fits(len(c.args), arity)
	}
	switch {
	case whole:
		return true
	case cmd.name == "exec":
		if c.s != nil {
			c.s.endMulti()
			c.s.unwatch(c.kv)
		}
		c.fail("EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command")
	default:
		c.fail("ERR wrong number of arguments for '" + c.fullName(cmd) + "' command")
	}
	return false
}

// subcommand is the second word of a command, as far as an error tells it.
func (c *call) subcommand() string { return string(c.args[1][:min(len(c.args[1]), 128)]) }

// fullName is that of the command that was sent, with the subcommand that it has.
func (c *call) fullName(cmd *command) string {
	if cmd.flags&parent == 0 || len(c.args) < 2 {
		return cmd.name
	}
	return cmd.name + "|" + strings.ToLower(string(c.args[1]))
}

// find returns the command of a name, in letters of either case, or nil.
func find(name []byte) *command {
	var b [16]byte
	if len(name) > len(b) {
		return nil
	}
	for i, c := range name {
		if c >= 'a' && c <= 'z' {
			c -= 0x20
		}
		b[i] = c
	}
	return commands[string(b[:len(name)])]
}

// is reports whether an argument is a word, which is given in capitals.
func is(arg []byte, word string) bool {
	if len(arg) != len(word) {
		return false
	}
	for i, c := range arg {
		if c >= 'a' && c <= 'z' {
			c -= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// parseInt reads a number as Redis does: no plus, no leading zeros, no blanks.
func parseInt(p []byte) (n int64, ok bool) {
	digits := p
	negative := len(p) > 0 && p[0] == '-'
	if negative {
		digits = p[1:]
	}
	if len(digits) == 0 || len(digits) > 19 || digits[0] == '0' && len(p) > 1 {
		return 0, false
	}
	var v uint64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + uint64(c-'0')
	}
	switch {
	case negative && v <= 1<<63:
		return -int64(v), true
	case !negative && v < 1<<63:
		return int64(v), true
	}
	return 0, false
}

// number reads an argument that is a number, or answers that it is none.
func (c *call) number(arg []byte) (int64, bool) {
	n, ok := parseInt(arg)
	if !ok {
		c.fail(notAnInt)
	}
	return n, ok
}
