package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// protocol is one connection's side of a conversation.
type protocol interface {
	// next returns the next request, to be sent whole. It is lent until the reply is
	// complete. used tells that the connection has carried another.
	next(used bool) []byte
	// feed takes what it understands of p, and tells when the reply is complete.
	feed(p []byte) (n int, done bool, err error)
	// eof is told that the peer has closed; nil means that this completes the reply.
	eof() error
	// surplus is the error of a complete reply that n bytes follow.
	surplus(n int) error
	// mayClose reports whether the peer may close between requests, and none is lost.
	mayClose() bool
	// reusable tells, of a complete reply, whether the connection may carry another.
	reusable() bool
	// status is the HTTP status of a complete reply, or 0.
	status() int
}

// echo sends messages that no other connection sends, and expects them back. Every
// 8 bytes of a message depend on the connection, on the message's number and on their
// place in it, so bytes of another connection, of an earlier message or from elsewhere
// in this one do not pass.
type echo struct {
	identity uint64
	number   uint64
	message  []byte
	matched  int
}

func newEcho(identity uint64, size int) *echo {
	return &echo{identity: identity, message: make([]byte, size)}
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

func (e *echo) next(bool) []byte {
	e.number++
	e.matched = 0
	m := e.message
	binary.BigEndian.PutUint64(m, e.identity)
	binary.BigEndian.PutUint64(m[8:], e.number)
	word := scatter(e.identity<<40 ^ e.number)
	m = m[16:]
	for len(m) >= 8 {
		word += golden
		binary.BigEndian.PutUint64(m, word)
		m = m[8:]
	}
	for i := range m {
		m[i] = byte(word >> (8 * i))
	}
	return e.message
}

func (e *echo) feed(p []byte) (n int, done bool, err error) {
	n = min(len(p), len(e.message)-e.matched)
	if !bytes.Equal(p[:n], e.message[e.matched:e.matched+n]) {
		return n, false, e.mismatch(p[:n])
	}
	e.matched += n
	return n, e.matched == len(e.message), nil
}

func (e *echo) mismatch(p []byte) error {
	want := e.message[e.matched:]
	i := 0
	for p[i] == want[i] {
		i++
	}
	return fmt.Errorf("connection %d, message %d: byte %d is 0x%02x instead of 0x%02x: %w",
		e.identity, e.number, e.matched+i, p[i], want[i], stats.ErrWrongEcho)
}

func (e *echo) eof() error {
	if e.matched == 0 {
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

func (e *echo) surplus(n int) error {
	return fmt.Errorf("%w: connection %d, message %d: %d bytes more than were sent", stats.ErrSurplus, e.identity, e.number, n)
}

func (e *echo) mayClose() bool { return false }
func (e *echo) reusable() bool { return true }
func (e *echo) status() int    { return 0 }
