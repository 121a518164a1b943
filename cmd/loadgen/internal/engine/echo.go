package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// echoPlan is messages that come back as they were sent.
type echoPlan struct {
	size, depth int
}

func (c *Config) echoPlan() (plan, error) {
	switch n := c.depth(); {
	case n > 1 && c.Size > MaxSize/n:
		return nil, fmt.Errorf("%d messages of %d bytes under way on a connection: give no more than %d bytes together", n, c.Size, MaxSize)
	case c.Size < MinSize || c.Size > MaxSize:
		return nil, fmt.Errorf("a message size of %d bytes: give one from %d to %d", c.Size, MinSize, MaxSize)
	}
	return &echoPlan{c.Size, c.depth()}, nil
}

func (p *echoPlan) connection(i uint64) (protocol, int) {
	// Room for one byte more, so that too long a reply shows.
	return newEcho(i, p.size, p.depth), min(p.size*p.depth+1, lastBuffer)
}

// echo sends messages that no other connection sends, and expects them back. Every
// 8 bytes of a message depend on the connection, on the message's number and on their
// place in it, so bytes of another connection, of an earlier message or from elsewhere
// in this one do not pass.
type echo struct {
	identity uint64
	number   uint64 // of the last message that was made to be sent
	answered uint64 // of the message that is expected
	out      []byte // messages to be sent
	message  []byte // that is expected; a part of out if only one is under way at a time
	matched  int
}

func newEcho(identity uint64, size, depth int) *echo {
	e := &echo{identity: identity, out: make([]byte, size*depth)}
	e.message = e.out
	if depth > 1 {
		e.message = make([]byte, size)
	}
	return e
}

// golden is 2^64 over the golden ratio: its multiples differ from one another in their
// high bits too.
const golden = 0x9e3779b97f4a7c15

// scatter is the last step of splitmix64: it has an inverse, so no two values meet, and
// neighbours end far apart.
func scatter(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (e *echo) traits() traits { return traits{} }

func (e *echo) next(n int) ([]byte, []int) {
	size := len(e.message)
	for i := range n {
		e.number++
		e.write(e.out[i*size:(i+1)*size], e.number)
	}
	return e.out[:n*size], nil
}

func (e *echo) forget() { e.answered = e.number }

func (e *echo) expect(bool) {
	e.answered++
	e.matched = 0
	if len(e.out) > len(e.message) {
		e.write(e.message, e.answered)
	}
}

// write makes a message.
func (e *echo) write(m []byte, number uint64) {
	binary.BigEndian.PutUint64(m, e.identity)
	binary.BigEndian.PutUint64(m[8:], number)
	word := scatter(e.identity<<40 ^ number)
	m = m[16:]
	for len(m) >= 8 {
		word += golden
		binary.BigEndian.PutUint64(m, word)
		m = m[8:]
	}
	for i := range m {
		m[i] = byte(word >> (8 * i))
	}
}

func (e *echo) feed(p []byte) (n int, got outcome, err error) {
	n = min(len(p), len(e.message)-e.matched)
	if !bytes.Equal(p[:n], e.message[e.matched:e.matched+n]) {
		return n, more, e.mismatch(p[:n])
	}
	if e.matched += n; e.matched == len(e.message) {
		got = answered
	}
	return n, got, nil
}

func (e *echo) mismatch(p []byte) error {
	want := e.message[e.matched:]
	i := 0
	for p[i] == want[i] {
		i++
	}
	return fmt.Errorf("connection %d, message %d: byte %d is 0x%02x instead of 0x%02x: %w",
		e.identity, e.answered, e.matched+i, p[i], want[i], stats.ErrWrongEcho)
}

func (e *echo) eof() error {
	if e.matched == 0 {
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

func (e *echo) surplus(n int) error {
	return fmt.Errorf("%w: connection %d, message %d: %d bytes more than were sent", stats.ErrSurplus, e.identity, e.answered, n)
}

func (e *echo) reusable() bool { return true }
func (e *echo) status() int    { return 0 }
