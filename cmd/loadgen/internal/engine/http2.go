package engine

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/wire/http1"
)

// h2 is a connection of HTTP/2 (RFC 9113). Frames are taken off in http2frames.go.
//
// The requests under way stand in streams in the order in which they were begun, which is that of the connection's flight.
// The last ones of them may have no stream yet, for want of room at the peer.
//
// Flow control: what comes is taken at once, so this side's windows are as large as they can be, and opened again when
// half of them is used. The peer's windows hold bodies back: what is left of one is sent by talk as they open.
//
// GOAWAY without an error is no failure: streams up to the one it names are answered yet, and those above it, which the
// peer has not looked at, are sent again on another connection. So is what waits for a stream when the peer allows no more of them.
type h2 struct {
	plan    *h2Plan
	varied  *varied   // nil: the plan's request is sent
	spare   []*h2kept // of requests that are over
	streams []h2stream
	opened  uint32 // identity of the last stream
	at      int    // in streams, which one was told of
	code    int    // status of that one
	out     []byte // lent to the connection
	say     []byte // that is to be sent before requests
	sizes   []int
	framer  *http2.Framer // appends to say

	encoder *hpack.Encoder // appends to block
	block   []byte
	encoded int // how often the request was encoded with the table that the peer has
	table   int // bytes that the table has room for
	decoder *hpack.Decoder
	status_ int     // that decoder has come upon
	length  int64   // of content, that a header says; -1: it does not
	asks    bool    // decoder is to find that
	digits  []byte  // of it
	looked  *h2kept // whose header it decodes, if that is looked at
	head    []byte  // of a header that goes on in further frames
	headOf  uint32  // stream of that; 0: there is none
	headEnd bool    // it ends its stream

	maxStreams int // the peer's settings
	maxFrame   int
	initial    int64
	window     int64  // of the connection, for what is sent
	used       uint32 // of this side's window
	settled    bool   // the peer's settings have come
	leaving    bool   // GOAWAY has come
	lastKept   uint32 // stream, of those that are answered yet
}

// h2stream is a request under way.
type h2stream struct {
	id     uint32  // 0: it has none yet
	status int     // of the reply, once its header has come
	length int64   // of its content, as that says; -1: it does not
	size   int64   // of what has come of that
	toHead bool    // there will be none
	window int64   // for what is sent
	used   uint32  // of this side's window
	body   []byte  // that is not sent
	kept   *h2kept // nil: nothing
}

// h2kept is what a request needs memory of its own for.
type h2kept struct {
	body    []byte
	checker *checker // nil: replies are not looked at
}

// h2Plan is one HTTP/2 request, sent again and again, or the requests of which each is put together anew.
type h2Plan struct {
	config  *Config
	varied  *variants // nil: all are alike
	looks   bool      // at replies
	fields  []hpack.HeaderField
	size    int // of the fields in a table
	body    []byte
	maxHead int
	depth   int
}

func (c *Config) h2Plan() (plan, error) {
	if err := c.checkMaxHead(); err != nil {
		return nil, err
	}
	p := &h2Plan{config: c, fields: c.h2Fields(), body: []byte(c.Body), maxHead: cmp.Or(c.MaxHead, http1.MaxHead), depth: c.depth()}
	for _, f := range p.fields {
		p.size += int(f.Size())
	}
	var err error
	if c.isVaried() {
		p.varied, err = c.variants()
	} else {
		_, _, err = c.request() // what HTTP/1.1 takes for a request is one here too
	}
	p.looks = p.varied.looks(c.Checks)
	return p, err
}

// h2Window is how large this side's windows are: the largest that h2load asks for too.
const h2Window = 1 << 30

// h2Settings is what a peer is held to before it has said another thing.
const (
	h2InitialWindow = 65535
	h2MaxFrame      = 16384
	h2Table         = 4096
)

func (p *h2Plan) connection(i uint64) (protocol, int) {
	c := &h2{plan: p, streams: make([]h2stream, 0, p.depth)}
	c.framer = http2.NewFramer(appender{&c.say}, nil)
	if p.varied == nil {
		return c, firstBuffer
	}
	c.varied = newVaried(p.varied, p.config, i)
	if c.varied.session != nil {
		return &scenarioH2{c}, firstBuffer
	}
	return c, firstBuffer
}

// appender is a writer that appends.
type appender struct{ to *[]byte }

// Write implements io.Writer.
func (a appender) Write(p []byte) (int, error) {
	*a.to = append(*a.to, p...)
	return len(p), nil
}

func (c *h2) traits() traits { return traits{mayClose: true, chatty: true, early: true} }

func (c *h2) hello() []byte {
	c.forget()
	c.encoder = hpack.NewEncoder(appender{&c.block})
	c.decoder = hpack.NewDecoder(h2Table, c.field)
	c.decoder.SetMaxStringLength(c.plan.maxHead)
	c.say = append(c.say[:0], http2.ClientPreface...)
	_ = c.framer.WriteSettings( // appending cannot fail
		http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: h2Window})
	_ = c.framer.WriteWindowUpdate(0, h2Window-h2InitialWindow)
	return c.take()
}

// greet waits for the peer's settings, so that its limits are kept from the first request on. One that wants no streams at all is waited
// for as one that says nothing, for as long as the time-out of a request.
func (c *h2) greet(p []byte) (int, bool, error) {
	if len(p) >= len(httpBegin) && string(p[:len(httpBegin)]) == httpBegin {
		return 0, false, fmt.Errorf("%w: the server speaks HTTP/1.1 and no HTTP/2", stats.ErrReply)
	}
	n, _, err := c.feed(p)
	return n, c.settled && c.maxStreams > 0, err
}

const httpBegin = "HTTP/1."

func (c *h2) forget() {
	for i := range c.streams {
		c.giveBack(c.streams[i].kept)
	}
	c.streams, c.opened, c.encoded, c.headOf = c.streams[:0], 0, 0, 0
	c.say, c.block, c.used = c.say[:0], c.block[:0], 0
	c.maxStreams, c.maxFrame, c.initial, c.window = math.MaxInt32, h2MaxFrame, h2InitialWindow, h2InitialWindow
	c.settled, c.leaving, c.lastKept, c.table = false, false, math.MaxUint32, h2Table
}

// take returns what is to be said, as what is lent.
func (c *h2) take() []byte {
	c.out, c.say = c.say, c.out[:0]
	return c.out
}

func (c *h2) room(underWay int) bool {
	return !c.leaving && underWay < c.maxStreams && c.opened < math.MaxInt32-1
}

func (c *h2) next(n int) ([]byte, []int) {
	c.sizes = c.sizes[:0]
	for range n {
		c.streams = append(c.streams, h2stream{})
		was := len(c.say)
		c.openStreams()
		c.sizes = append(c.sizes, len(c.say)-was)
	}
	return c.take(), c.sizes
}

// openStreams sends those requests that there is room for.
func (c *h2) openStreams() {
	open := 0
	for i := range c.streams {
		s := &c.streams[i]
		if s.id != 0 {
			open++
			continue
		}
		if open >= c.maxStreams || c.leaving {
			return
		}
		c.opened += 2
		if c.opened == 2 {
			c.opened = 1
		}
		s.id, s.window, s.body, s.toHead = c.opened, c.initial, c.plan.body, c.plan.config.Method == "HEAD"
		if c.varied != nil || c.plan.looks {
			s.kept = c.keep()
		}
		if c.varied != nil {
			c.compose(s)
		} else {
			c.encode()
		}
		flags := http2.FlagHeadersEndHeaders
		if len(s.body) == 0 {
			flags |= http2.FlagHeadersEndStream
		}
		c.appendFrame(http2.FrameHeaders, flags, s.id, c.block)
		c.sendBody(s)
		open++
	}
}

// encode leaves the header of the request in block. If the table has room for all fields, what the second encoding comes
// to names entries of the table alone, and changes nothing in it; so it is good for all further ones.
func (c *h2) encode() {
	if c.encoded >= 2 && c.plan.size <= c.table {
		return
	}
	c.encoded++
	c.block = c.block[:0]
	for _, f := range c.plan.fields {
		_ = c.encoder.WriteField(f) // appending cannot fail
	}
}

// appendFrame appends a frame, and those that its content goes on in if a frame cannot hold it.
func (c *h2) appendFrame(kind http2.FrameType, flags http2.Flags, id uint32, p []byte) {
	for len(p) > c.maxFrame && kind != http2.FrameData {
		c.appendOne(kind, flags&^http2.FlagHeadersEndHeaders, id, p[:c.maxFrame])
		kind, flags, p = http2.FrameContinuation, http2.FlagHeadersEndHeaders, p[c.maxFrame:]
	}
	c.appendOne(kind, flags, id, p)
}

func (c *h2) appendOne(kind http2.FrameType, flags http2.Flags, id uint32, p []byte) {
	n := len(p)
	c.say = append(c.say, byte(n>>16), byte(n>>8), byte(n), byte(kind), byte(flags))
	c.say = binary.BigEndian.AppendUint32(c.say, id)
	c.say = append(c.say, p...)
}

// sendBody sends as much of a body as the windows have room for.
func (c *h2) sendBody(s *h2stream) {
	for len(s.body) > 0 {
		n := int(min(int64(len(s.body)), int64(c.maxFrame), s.window, c.window))
		if n <= 0 {
			return
		}
		var flags http2.Flags
		if n == len(s.body) {
			flags = http2.FlagDataEndStream
		}
		c.appendFrame(http2.FrameData, flags, s.id, s.body[:n])
		s.body = s.body[n:]
		s.window -= int64(n)
		c.window -= int64(n)
	}
}

// talk implements talker.
func (c *h2) talk() []byte {
	for i := range c.streams {
		if s := &c.streams[i]; s.id != 0 && len(s.body) > 0 {
			c.sendBody(s)
		}
	}
	c.openStreams()
	return c.take()
}

func (c *h2) expect(bool) {}
func (c *h2) which() int  { return c.at }
func (c *h2) status() int { return c.code }

// reusable reports whether requests are left that this connection answers, or may carry.
func (c *h2) reusable() bool {
	if !c.leaving {
		return c.opened < math.MaxInt32-1 || len(c.streams) > 0
	}
	return len(c.streams) > 0 && c.streams[0].id != 0 && c.streams[0].id <= c.lastKept
}

// abandon implements abandoner.
func (c *h2) abandon() error {
	id := c.streams[0].id
	c.remove(0)
	if id != 0 {
		_ = c.framer.WriteRSTStream(id, http2.ErrCodeCancel) // appending cannot fail
	}
	return fmt.Errorf("no reply on stream %d: %w", id, os.ErrDeadlineExceeded)
}

// answer takes one off that is answered, and returns what is wrong with the reply. What is left of its body is not sent.
func (c *h2) answer(i int) (outcome, error) {
	s := &c.streams[i]
	if len(s.body) > 0 {
		_ = c.framer.WriteRSTStream(s.id, http2.ErrCodeNo) // appending cannot fail
	}
	got, err := answered, c.verdict(s)
	if wrong := c.fits(s); wrong != nil {
		got, err = failed, wrong
	}
	c.remove(i)
	return got, err
}

func (c *h2) remove(i int) {
	c.at, c.code = i, c.streams[i].status
	c.giveBack(c.streams[i].kept)
	c.streams = append(c.streams[:i], c.streams[i+1:]...)
}

// find returns which of the streams has that identity, or -1: it may have been abandoned.
func (c *h2) find(id uint32) int {
	for i := range c.streams {
		if c.streams[i].id == id {
			return i
		}
	}
	return -1
}

// field is handed the fields of a header as they are decoded.
func (c *h2) field(f hpack.HeaderField) {
	if f.Name == ":status" {
		c.status_, _ = strconv.Atoi(f.Value)
	}
	if c.asks && f.Name == contentLength {
		c.length, c.asks = lengthOf(f.Value), false
	}
	switch {
	case c.looked != nil:
		c.looked.checker.add(f.Name, f.Value)
	case !c.asks:
		c.decoder.SetEmitEnabled(false) // the status comes first, and the others are not looked at
	}
}

func (c *h2) eof() error { return io.EOF }

func (c *h2) surplus(int) error {
	return fmt.Errorf("%w: a reply that nobody asked for", stats.ErrSurplus)
}

// h2Fields is the header of the request.
func (c *Config) h2Fields() (fields []hpack.HeaderField) {
	t := &c.Target
	scheme := "http"
	if t.TLS {
		scheme = "https"
	}
	add := func(name, value string) { fields = append(fields, hpack.HeaderField{Name: name, Value: value}) }
	authority := t.Host
	own := c.ownFields()
	var given []hpack.HeaderField
	for _, h := range c.Headers {
		name, value, _ := strings.Cut(h, ":")
		name, value = strings.ToLower(name), strings.TrimSpace(value)
		delete(own, name)
		switch name {
		case "host":
			authority = value
		case "connection", "keep-alive", "proxy-connection", "upgrade": // are for a connection of HTTP/1.1
		default:
			given = append(given, hpack.HeaderField{Name: name, Value: value})
		}
	}
	add(":method", c.Method)
	add(":scheme", scheme)
	add(":authority", authority)
	add(":path", t.Path)
	fields = append(fields, given...)
	for _, name := range ownOrder[1:] {
		if value, ok := own[name]; ok {
			add(name, value)
		}
	}
	if c.hasBody() {
		add("content-length", strconv.Itoa(len(c.Body)))
	}
	return fields
}
