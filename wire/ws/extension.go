package ws

import (
	"strconv"
	"strings"
)

// Deflate is what was agreed on permessage-deflate. The zero value is that both sides keep their windows from one message to the
// next, of 32 KiB.
type Deflate struct {
	ServerNoContext bool // the server begins each message with an empty window
	ClientNoContext bool
	ServerBits      int // the server's window, 8 to 15; 0: 15
	ClientBits      int
}

// AcceptDeflate chooses from the offers in a request's Sec-WebSocket-Extensions the first that a server can live up to, and returns
// what is agreed. ok is false if there is none; the connection then goes on without compression. A server
// whose windows are always of 32 KiB, as those of compress/flate are, has minBits 15, and passes over offers that ask for less. wantNoContext
// has both windows be empty at each message, whatever is offered, which saves their memory.
func AcceptDeflate(offers string, minBits int, wantNoContext bool) (d Deflate, ok bool) {
	for offer := range strings.SplitSeq(offers, ",") {
		d, ok := parseDeflate(offer, true)
		if !ok || d.ServerBits != 0 && d.ServerBits < minBits {
			continue
		}
		if wantNoContext {
			d.ServerNoContext, d.ClientNoContext = true, true
		}
		d.ClientBits = 0 // 32 KiB are always read
		return d, true
	}
	return Deflate{}, false
}

// ParseDeflate reads what a server has agreed to, out of its answer's Sec-WebSocket-Extensions. ok is false if that is not one
// permessage-deflate with parameters that a client may be answered.
func ParseDeflate(answer string) (d Deflate, ok bool) {
	if strings.Contains(answer, ",") {
		return d, false
	}
	return parseDeflate(answer, false)
}

// String returns the extension as an answer has it.
func (d Deflate) String() string {
	s := "permessage-deflate"
	if d.ServerNoContext {
		s += "; server_no_context_takeover"
	}
	if d.ClientNoContext {
		s += "; client_no_context_takeover"
	}
	if d.ServerBits != 0 {
		s += "; server_max_window_bits=" + strconv.Itoa(d.ServerBits)
	}
	if d.ClientBits != 0 {
		s += "; client_max_window_bits=" + strconv.Itoa(d.ClientBits)
	}
	return s
}

func parseDeflate(s string, isOffer bool) (d Deflate, ok bool) {
	name, params, more := strings.Cut(s, ";")
	if !strings.EqualFold(strings.TrimSpace(name), "permessage-deflate") {
		return d, false
	}
	var seen [4]bool
	once := func(i int) bool { was := seen[i]; seen[i] = true; return !was }
	for more {
		var p string
		p, params, more = strings.Cut(params, ";")
		name, value, has := strings.Cut(strings.TrimSpace(p), "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		bits, good := windowBits(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "server_no_context_takeover":
			d.ServerNoContext = true
			ok = !has && once(0)
		case "client_no_context_takeover":
			d.ClientNoContext = true
			ok = !has && once(1)
		case "server_max_window_bits":
			d.ServerBits = bits
			ok = good && once(2)
		case "client_max_window_bits":
			d.ClientBits = bits
			ok = (good || isOffer && !has) && once(3)
		default:
			ok = false
		}
		if !ok {
			return Deflate{}, false
		}
	}
	return d, true
}

// windowBits reads 8 to 15, without leading zeros.
func windowBits(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 8 && n <= 15 && s[0] >= '1' && s[0] <= '9'
}
