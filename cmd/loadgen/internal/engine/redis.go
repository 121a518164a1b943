package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/wire/resp"
)

// redisPlan is one command of the Redis protocol, sent again and again.
type redisPlan struct {
	hello    []byte // password and database, sent first
	greeting int    // replies that has
	commands []byte // as many as may be under way, one behind the other
	length   int    // of one
}

// DefaultCommand is what a Redis server is asked if nothing else was said.
const DefaultCommand = "PING"

func (c *Config) redisPlan() (plan, error) {
	command := c.Send
	if command == "" {
		command = DefaultCommand
	}
	words, err := splitWords(command)
	if err != nil {
		return nil, fmt.Errorf("command %q: %w", command, err)
	}
	one := resp.AppendCommand(nil, words...)
	p := &redisPlan{length: len(one)}
	for range c.depth() {
		p.commands = append(p.commands, one...)
	}
	t := &c.Target
	switch {
	case t.user != "":
		p.greet("AUTH", t.user, t.password)
	case t.password != "":
		p.greet("AUTH", t.password)
	}
	if t.database > 0 {
		p.greet("SELECT", strconv.Itoa(t.database))
	}
	return p, nil
}

// splitWords splits a command line as a Redis server does: words between blanks, quoted where they have some.
func splitWords(line string) ([]string, error) {
	var r resp.Reader
	n, args, err := r.Next([]byte(line+"\r\n"), nil, nil)
	switch {
	case err != nil:
		return nil, err
	case len(args) == 0 || n != len(line)+2 || line[0] == '*':
		return nil, errors.New("give a command and its arguments, such as 'SET key value'")
	}
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = string(a)
	}
	return words, nil
}

func (p *redisPlan) greet(words ...string) {
	p.hello = resp.AppendCommand(p.hello, words...)
	p.greeting++
}

func (p *redisPlan) connection(uint64) (protocol, int) { return &redis{plan: p}, firstBuffer }

// redis is a connection of the Redis protocol. A reply that is an error is a reply, and counted as an error too.
type redis struct {
	plan    *redisPlan
	reply   resp.Reply
	greeted int
	begun   bool
}

func (r *redis) traits() traits             { return traits{} }
func (r *redis) next(n int) ([]byte, []int) { return r.plan.commands[:n*r.plan.length], nil }
func (r *redis) forget()                    {}
func (r *redis) reusable() bool             { return true }
func (r *redis) status() int                { return 0 }

func (r *redis) expect(bool) {
	r.reply.Reset()
	r.begun = false
}

func (r *redis) hello() []byte {
	r.greeted = 0
	r.expect(false)
	return r.plan.hello
}

func (r *redis) greet(p []byte) (n int, done bool, err error) {
	for n < len(p) {
		took, got, err := r.feed(p[n:])
		n += took
		switch {
		case err != nil:
			return n, false, fmt.Errorf("AUTH or SELECT: %w", err)
		case got == more:
			return n, false, nil
		}
		if r.greeted++; r.greeted == r.plan.greeting {
			return n, true, nil
		}
		r.expect(true)
	}
	return n, false, nil
}

func (r *redis) feed(p []byte) (int, outcome, error) {
	r.begun = r.begun || len(p) > 0
	n, err := r.reply.Feed(p)
	switch {
	case err != nil:
		return n, more, fmt.Errorf("%w: %w", stats.ErrReply, err)
	case !r.reply.Done():
		return n, more, nil
	case r.reply.Kind() == resp.Failure || r.reply.Kind() == resp.BulkError:
		return n, answered, fmt.Errorf("%w: %.120q", stats.ErrRefusal, bytes.TrimSpace(p[:n])) // a line is taken whole
	}
	return n, answered, nil
}

func (r *redis) eof() error {
	if !r.begun {
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

func (r *redis) surplus(n int) error {
	return fmt.Errorf("%w: %d bytes behind the reply", stats.ErrSurplus, n)
}
