package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// wsPlan is messages to a WebSocket server, each of which is answered by one: by the same one, or by any.
type wsPlan struct {
	config *Config
	text   string // that is sent; "": binary messages that are to come back
}

func (c *Config) wsPlan() (plan, error) {
	if c.Send != "" {
		if !utf8.ValidString(c.Send) {
			return nil, fmt.Errorf("send %q: a text of WebSocket has to be UTF-8", c.Send)
		}
	} else if _, err := c.echoPlan(); err != nil {
		return nil, err
	}
	p := &wsPlan{config: c, text: c.Send}
	if _, err := p.upgrade("x"); err != nil {
		return nil, err
	}
	return p, nil
}

// upgrade is the request for a connection to become a WebSocket.
func (p *wsPlan) upgrade(key string) ([]byte, error) {
	c := *p.config
	c.Method = "GET"
	for _, h := range c.Headers {
		name, _, _ := strings.Cut(h, ":")
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions":
			return nil, fmt.Errorf("header %q: it is part of the upgrade, and set", h)
		}
	}
	c.Headers = append([]string{"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + key}, c.Headers...)
	request, _, err := c.request()
	return request, err
}

func (p *wsPlan) connection(i uint64) (protocol, int) {
	w := &websocket{plan: p, random: rand.New(rand.NewPCG(i, rand.Uint64()))}
	if p.text == "" {
		w.echo = newEcho(i, p.config.Size, 1)
		w.echo.message = make([]byte, p.config.Size) // others are made while one is expected
	}
	return w, firstBuffer
}

// websocket is a connection of WebSocket.
type websocket struct {
	plan    *wsPlan
	random  *rand.Rand
	echo    *echo // makes messages and looks at those that come back; nil: a text is sent, and any message answers it
	reader  wire.Reader
	upgrade http1.Response
	head    []byte // of the reply to the upgrade
	accept  string // what it has to have
	out     []byte
	say     []byte // pongs
	begun   bool   // a message has begun to come
}

func (w *websocket) traits() traits { return traits{chatty: true} }

// mask is not one that an attacker could not guess: the peers of a load generator are its user's.
func (w *websocket) mask() (m [4]byte) {
	binary.LittleEndian.PutUint32(m[:], w.random.Uint32())
	return m
}

func (w *websocket) next(n int) ([]byte, []int) {
	w.out = w.out[:0]
	for range n {
		if w.echo == nil {
			w.out = wire.AppendMasked(w.out, wire.Text, w.plan.text, w.mask())
			continue
		}
		e := w.echo
		e.number++
		e.write(e.out, e.number)
		w.out = wire.AppendMasked(w.out, wire.Binary, e.out, w.mask())
	}
	return w.out, nil
}

func (w *websocket) forget() {
	w.reader = wire.Reader{Client: true}
	w.upgrade.Reset(false)
	w.head, w.say = w.head[:0], w.say[:0]
	if w.echo != nil {
		w.echo.forget()
	}
}

func (w *websocket) expect(used bool) {
	w.begun = false
	if e := w.echo; e != nil {
		e.expect(used)
		e.write(e.message, e.answered)
	}
}

func (w *websocket) hello() []byte {
	w.forget()
	var key [16]byte
	for i := range key {
		key[i] = byte(w.random.Uint32())
	}
	k := wire.NewKey(key)
	w.accept = string(wire.AppendAccept(nil, k))
	w.out, _ = w.plan.upgrade(k) // it was tried when the plan was made
	return w.out
}

func (w *websocket) greet(p []byte) (n int, done bool, err error) {
	n, err = w.upgrade.Feed(p)
	if err != nil {
		return n, false, err
	}
	if w.head = append(w.head, p[:n]...); len(w.head) > http1.MaxHead {
		return n, false, http1.ErrHeadSize
	}
	if status := w.upgrade.Status(); status != 0 && status != 101 && status >= 200 {
		return n, false, fmt.Errorf("%w: status %d instead of 101", stats.ErrUpgrade, status)
	}
	if !w.upgrade.Done() {
		return n, false, nil
	}
	if !hasAccept(w.head, w.accept) {
		return n, false, fmt.Errorf("%w: the Sec-WebSocket-Accept is missing, or answers another key", stats.ErrUpgrade)
	}
	return n, true, nil
}

// hasAccept looks for the field in the last of the heads that have come.
func hasAccept(head []byte, want string) bool {
	for line := range bytes.SplitSeq(head, []byte("\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Sec-WebSocket-Accept")) {
			return string(bytes.TrimSpace(value)) == want
		}
	}
	return false
}

func (w *websocket) feed(p []byte) (int, outcome, error) {
	e, n, err := w.reader.Next(p)
	if err != nil || n == 0 {
		return n, more, err
	}
	switch e.Op {
	case wire.Ping:
		w.say = wire.AppendMasked(w.say, wire.Pong, e.Data, w.mask())
		return n, more, nil
	case wire.Pong:
		return n, more, nil
	case wire.Close:
		code, reason, _ := wire.ParseClosing(e.Data)
		return n, more, fmt.Errorf("the server closed with code %d %q: %w", code, reason, io.EOF)
	}
	w.begun = true
	if w.echo == nil {
		if e.Final {
			return n, answered, nil
		}
		return n, more, nil
	}
	if e.Op != wire.Binary || len(e.Data) > len(w.echo.message)-w.echo.matched {
		return n, more, fmt.Errorf("connection %d, message %d: one of another kind or length: %w", w.echo.identity, w.echo.answered, stats.ErrWrongEcho)
	}
	_, got, err := w.echo.feed(e.Data)
	switch {
	case err != nil:
		return n, more, err
	case e.Final && got == answered:
		return n, answered, nil
	case e.Final:
		return n, more, fmt.Errorf("connection %d, message %d: %d bytes instead of %d: %w", w.echo.identity, w.echo.answered, w.echo.matched, len(w.echo.message), stats.ErrWrongEcho)
	}
	return n, more, nil
}

func (w *websocket) talk() []byte {
	if len(w.say) == 0 {
		return nil
	}
	w.out = append(w.out[:0], w.say...)
	w.say = w.say[:0]
	return w.out
}

func (w *websocket) eof() error {
	if !w.begun {
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

func (w *websocket) surplus(int) error {
	return fmt.Errorf("%w: a message that answers none", stats.ErrSurplus)
}

func (w *websocket) reusable() bool { return true }
func (w *websocket) status() int    { return 0 }
