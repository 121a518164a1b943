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
