package ws

import (
	"net/url"
	"strings"

	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// handshake is the request that is to become a connection.
type handshake struct {
	server  *Server
	request http1.Request
	head    []byte
}

// maxHandshake is how large the request may be.
const maxHandshake = 16 << 10

// feed takes more of the request. rest is what came behind it.
func (h *handshake) feed(p []byte) (rest []byte, err error) {
	h.request.Keep, h.request.MaxHead = true, maxHandshake
	h.head = append(h.head, p...)
	_, err = h.request.FeedHead(h.head[h.request.HeadLen():])
	if err != nil || !h.request.HeadDone() {
		return nil, err
	}
	h.request.Bind(h.head)
	return h.head[h.request.HeadLen():], nil
}

// answer appends the answer. upgraded says that the connection speaks WebSocket from then on.
func (h *handshake) answer(out []byte, m *core) (_ []byte, upgraded bool) {
	a, status := h.server.judge(&h.request)
	if status == 101 && !h.request.Done() {
		status = 400 // what follows would be content to whoever stands between, and frames here
	}
	if status != 101 {
		if f := h.server.config.Plain; f != nil && !asks(&h.request) {
			return f(out, &h.request), false
		}
		return refuse(out, status), false
	}
	m.agree(a)
	out = append(http1.AppendStatus(out, 101), "Upgrade: websocket\r\nConnection: Upgrade\r\n"...)
	a.fields(func(name, value string) { out = http1.AppendField(out, name, value) })
	return http1.AppendEnd(out), true
}

// agreement is what a server answers a request that may become a connection.
type agreement struct {
	accept   string
	protocol string // "": none
	deflate  wire.Deflate
	deflates bool
}

// fields hands the fields of the answer to set, but for Upgrade and Connection.
func (a *agreement) fields(set func(name, value string)) {
	set("Sec-WebSocket-Accept", a.accept)
	if a.protocol != "" {
		set("Sec-WebSocket-Protocol", a.protocol)
	}
	if a.deflates {
		set("Sec-WebSocket-Extensions", a.deflate.String())
	}
}

// agree has the connection go by what was agreed.
func (m *core) agree(a agreement) {
	m.protocol, m.deflate, m.reader.Compressed = a.protocol, a.deflates, a.deflates
}

// asks reports whether a request is one for a WebSocket at all.
func asks(r *http1.Request) bool {
	return r.HasToken("Upgrade", "websocket") && r.HasToken("Connection", "upgrade")
}

// judge returns the status that a request is answered with, and with 101 what is agreed.
func (s *Server) judge(r *http1.Request) (a agreement, status int) {
	version, key := only(r, "Sec-WebSocket-Version"), only(r, "Sec-WebSocket-Key")
	switch {
	case !asks(r):
		return a, 426
	case string(r.Method()) != "GET" || r.HTTP10() || !wire.IsKey(key):
		return a, 400
	case version != "13":
		return a, 426
	case !s.mayConnect(r):
		return a, 403
	}
	a.accept = string(wire.AppendAccept(nil, key))
	a.protocol = s.protocol(r)
	if s.config.Compress {
		a.deflate, a.deflates = wire.AcceptDeflate(all(r, "Sec-WebSocket-Extensions"), 15, true)
	}
	return a, 101
}

// only returns the value of a field that may stand there once; "" if it does not, or twice.
func only(r *http1.Request, name string) string {
	value, n := "", 0
	for f, v := range r.Fields() {
		if http1.EqualFold(f, name) {
			value = string(v)
			n++
		}
	}
	if n != 1 {
		return ""
	}
	return value
}

// all returns the values of all fields of a name as one list.
func all(r *http1.Request, name string) string {
	var b strings.Builder
	for n, v := range r.Fields() {
		if strings.EqualFold(string(n), name) {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			b.Write(v)
		}
	}
	return b.String()
}

// mayConnect asks Check; or sees that a browser's page is of the host that it connects to.
func (s *Server) mayConnect(r *http1.Request) bool {
	if s.config.Check != nil {
		return s.config.Check(r)
	}
	origin, ok := r.Get("Origin")
	if !ok {
		return true
	}
	u, err := url.Parse(string(origin))
	return err == nil && strings.EqualFold(u.Host, string(r.Host()))
}

func (s *Server) protocol(r *http1.Request) string {
	for _, p := range s.config.Protocols {
		for asked := range strings.SplitSeq(all(r, "Sec-WebSocket-Protocol"), ",") {
			if strings.TrimSpace(asked) == p {
				return p
			}
		}
	}
	return ""
}

// refuse appends an answer that ends the connection.
func refuse(out []byte, status int) []byte {
	out = http1.AppendStatus(out, status)
	if status == 426 {
		out = append(out, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"...)
	}
	text := http1.StatusText(status) + "\n"
	out = http1.AppendField(out, "Content-Type", "text/plain; charset=utf-8")
	out = http1.AppendField(out, "Connection", "close")
	out = http1.AppendLength(out, int64(len(text)))
	return append(http1.AppendEnd(out), text...)
}
