package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/httpwire"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// protocol is one connection's side of a conversation.
type protocol interface {
	// next returns the next request, to be sent whole. It is lent until the reply is
	// complete.
	next() []byte
	// feed takes what it understands of p, and tells when the reply is complete.
	feed(p []byte) (n int, done bool, err error)
	// eof is told that the peer has closed; nil means that this completes the reply.
	eof() error
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

func (e *echo) next() []byte {
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

func (e *echo) reusable() bool { return true }
func (e *echo) status() int    { return 0 }

// client sends the same HTTP request again and again.
type client struct {
	request  []byte // shared by all connections
	toHead   bool
	response httpwire.Response
}

func (c *client) next() []byte {
	c.response.Reset(c.toHead)
	return c.request
}

func (c *client) feed(p []byte) (n int, done bool, err error) {
	n, err = c.response.Feed(p)
	return n, c.response.Done(), err
}

func (c *client) eof() error     { return c.response.EOF() }
func (c *client) reusable() bool { return c.response.KeepAlive() }
func (c *client) status() int    { return c.response.Status() }

// request builds the HTTP request, and tells what is wrong with its parts.
func (c *Config) request() ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", c.Method, c.Target.Path)
	own := map[string]string{
		"host":       c.Target.Host,
		"user-agent": "magpie-loadgen",
		"accept":     "*/*",
	}
	for _, h := range c.Headers {
		name, value, ok := strings.Cut(h, ":")
		value = strings.TrimSpace(value)
		if !ok || name == "" || strings.ContainsAny(h, "\r\n\x00") || strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("header %q: give it as 'Name: value'", h)
		}
		switch key := strings.ToLower(name); key {
		case "content-length", "transfer-encoding":
			return nil, fmt.Errorf("header %q: it is set by what --body is", h)
		default:
			delete(own, key)
		}
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	for _, name := range []string{"host", "user-agent", "accept"} {
		if value, ok := own[name]; ok {
			fmt.Fprintf(&b, "%s: %s\r\n", headerName[name], value)
		}
	}
	if c.Body != "" || c.Method == "POST" || c.Method == "PUT" || c.Method == "PATCH" {
		b.WriteString("Content-Length: " + strconv.Itoa(len(c.Body)) + "\r\n")
	}
	b.WriteString("\r\n" + c.Body)
	request := []byte(b.String())

	// What our own server would refuse is not sent.
	var r httpwire.Request
	if _, err := r.Feed(request); err != nil || !r.Done() {
		return nil, fmt.Errorf("method %q, target %q: they make no valid request: %v", c.Method, c.Target.URL, err)
	}
	return request, nil
}

var headerName = map[string]string{"host": "Host", "user-agent": "User-Agent", "accept": "Accept"}
