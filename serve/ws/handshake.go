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
	r, s := &h.request, h.server
	if !r.HasToken("Upgrade", "websocket") || !r.HasToken("Connection", "upgrade") {
		if s.config.Plain != nil {
			return s.config.Plain(out, r), false
		}
		return refuse(out, 426), false
	}
	version, _ := r.Get("Sec-WebSocket-Version")
	key, _ := r.Get("Sec-WebSocket-Key")
	switch {
	case string(r.Method()) != "GET" || r.HTTP10() || !wire.IsKey(string(key)):
		return refuse(out, 400), false
	case string(version) != "13":
		return refuse(out, 426), false
	case !s.mayConnect(r):
		return refuse(out, 403), false
	}
	out = http1.AppendStatus(out, 101)
	out = append(out, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	out = append(wire.AppendAccept(out, string(key)), "\r\n"...)
	if m.protocol = s.protocol(r); m.protocol != "" {
		out = http1.AppendField(out, "Sec-WebSocket-Protocol", m.protocol)
	}
	if s.config.Compress {
		if d, ok := wire.AcceptDeflate(all(r, "Sec-WebSocket-Extensions"), 15, true); ok {
			m.deflate, m.reader.Compressed = true, true
			out = http1.AppendField(out, "Sec-WebSocket-Extensions", d.String())
		}
	}
	return http1.AppendEnd(out), true
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
