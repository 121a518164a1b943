package ws

import (
	"bytes"
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// Opening is a client's side of the handshake: the request that it sends, and what it makes of the answer. Set its first fields, send what
// Append appends, and Feed it what comes until Done.
type Opening struct {
	Host   string // with its port, unless that is the one of the scheme
	Target string // the path, with its query; "": /
	Key    string // of NewKey, another one for each connection
	// Header is what the request has beside Host and what the handshake is made of.
	Header textproto.MIMEHeader
	// Protocols are the subprotocols that the client speaks, the best one first.
	Protocols []string
	// Compress offers permessage-deflate, with empty windows at each message.
	Compress bool
	// MaxHead is how long the header of the answer may be, in bytes; 0: 16 KiB.
	MaxHead int

	// Protocol is what the server has chosen, "" for none. Once it is Done.
	Protocol string
	// Compressed says that permessage-deflate was agreed, as Deflate says.
	Compressed bool
	Deflate    Deflate

	head    []byte // of the answer, as far as it has come
	interim int    // answers that announced another one
	done    bool
}

// AnswerError is an answer that is no upgrade to WebSocket: what it was, and what was expected of it.
type AnswerError struct {
	Status int    // 0: it has none, as it is not HTTP
	Reason string // of the status line
	Header textproto.MIMEHeader
	Body   []byte // what the caller has read of the content, see Opening
	what   string
}

func (e *AnswerError) Error() string {
	text := "websocket: the server has answered " + e.what
	if body := bytes.TrimSpace(e.Body); len(body) > 0 {
		text += fmt.Sprintf(": %.200q", body)
	}
	return text
}

const (
	defaultHead = 16 << 10
	maxInterim  = 5 // answers such as 103, which announce another one
)

// own are the fields that a handshake is made of.
var own = []string{"Upgrade", "Connection", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Extensions",
	"Sec-Websocket-Protocol", "Sec-Websocket-Accept", "Content-Length", "Transfer-Encoding", "Host"}

// Append appends the request. It fails if something in it may not be sent.
func (o *Opening) Append(b []byte) ([]byte, error) {
	target := o.Target
	if target == "" {
		target = "/"
	}
	for what, s := range map[string]string{"host": o.Host, "target": target} {
		if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return b, fmt.Errorf("websocket: the %s %q is empty or has a blank or a control character", what, s)
		}
	}
	b = append(b, "GET "+target+" HTTP/1.1\r\nHost: "+o.Host+"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "+o.Key+"\r\n"...)
	for i, p := range o.Protocols {
		if !isToken(p) || slices.Contains(o.Protocols[:i], p) {
			return b, fmt.Errorf("websocket: the subprotocol %q is no token, or stands there twice", p)
		}
	}
	if len(o.Protocols) > 0 {
		b = append(b, "Sec-WebSocket-Protocol: "+strings.Join(o.Protocols, ", ")+"\r\n"...)
	}
	if o.Compress {
		b = append(b, "Sec-WebSocket-Extensions: "+Deflate{ServerNoContext: true, ClientNoContext: true}.String()+"\r\n"...)
	}
	for name, values := range o.Header {
		if slices.Contains(own, textproto.CanonicalMIMEHeaderKey(name)) {
			return b, fmt.Errorf("websocket: the header field %s is the handshake's own", name)
		}
		for _, v := range values {
			if !isToken(name) || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return b, fmt.Errorf("websocket: the header field %q: %q has a character that is not allowed there", name, v)
			}
			b = append(b, name+": "+v+"\r\n"...)
		}
	}
	return append(b, "\r\n"...), nil
}

// Done reports whether the handshake is over: from then on both sides send frames.
func (o *Opening) Done() bool { return o.done }

// Feed takes what it understands of p, and returns how much that was: all, until the header of the answer is there; what comes behind
// that it leaves. An answer that is no upgrade is an *AnswerError: its content is what follows.
func (o *Opening) Feed(p []byte) (n int, err error) {
	for !o.done && n < len(p) {
		before := len(o.head)
		o.head = append(o.head, p[n:]...)
		seen := max(before-3, 0)
		end := bytes.Index(o.head[seen:], []byte("\r\n\r\n"))
		if most := o.most(); end < 0 && len(o.head) > most || seen+end > most || o.interim > maxInterim {
			return n, &AnswerError{what: fmt.Sprintf("a header of more than %d bytes, or %d preliminary answers", most, maxInterim)}
		}
		if end < 0 {
			return len(p), nil
		}
		end += seen + 4
		n += end - before
		a, err := parseAnswer(o.head[:end])
		o.head = nil
		if err != nil {
			return n, err
		}
		if a.Status/100 == 1 && a.Status != 101 {
			o.interim++
			continue
		}
		if err := o.judge(a); err != nil {
			return n, err
		}
		o.done = true
	}
	return n, nil
}

func (o *Opening) most() int {
	if o.MaxHead > 0 {
		return o.MaxHead
	}
	return defaultHead
}

// judge sees whether an answer is what was asked for.
func (o *Opening) judge(a *AnswerError) error {
	fail := func(format string, args ...any) error {
		a.what = fmt.Sprintf(format, args...)
		return a
	}
	if a.Status != 101 {
		what := fmt.Sprintf("%d %s instead of 101", a.Status, a.Reason)
		if to := a.Header.Get("Location"); to != "" {
			what += ", with the location " + strconv.Quote(to)
		}
		return fail("%s", what)
	}
	if !hasToken(a.Header["Upgrade"], "websocket") {
		return fail("101 with Upgrade %q, which has to be websocket", a.Header["Upgrade"])
	}
	if !hasToken(a.Header["Connection"], "upgrade") {
		return fail("101 with Connection %q, which has to be Upgrade", a.Header["Connection"])
	}
	want := string(AppendAccept(nil, o.Key))
	if got := a.Header["Sec-Websocket-Accept"]; len(got) != 1 || got[0] != want {
		return fail("101 with Sec-WebSocket-Accept %q, which has to be %q for the key %q", got, want, o.Key)
	}
	if got := a.Header["Sec-Websocket-Protocol"]; len(got) > 0 {
		if len(got) > 1 || !slices.Contains(o.Protocols, got[0]) {
			return fail("101 with the subprotocol %q; asked for were %q", got, o.Protocols)
		}
		o.Protocol = got[0]
	}
	got := a.Header["Sec-Websocket-Extensions"]
	if len(got) == 0 || len(got) == 1 && got[0] == "" {
		return nil
	}
	d, ok := ParseDeflate(strings.Join(got, ","))
	if !o.Compress || !ok || d.ClientBits != 0 {
		return fail("101 with the extensions %q, which were not offered like that", got)
	}
	o.Compressed, o.Deflate = true, d
	return nil
}

// parseAnswer reads a header that is complete.
func parseAnswer(head []byte) (*AnswerError, error) {
	a := &AnswerError{Header: textproto.MIMEHeader{}}
	lines := strings.Split(strings.TrimSuffix(string(head), "\r\n\r\n"), "\r\n")
	proto, rest, _ := strings.Cut(lines[0], " ")
	code, reason, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil || proto != "HTTP/1.1" || len(code) != 3 || status < 100 {
		a.what = fmt.Sprintf("what is not HTTP/1.1: %.100q", lines[0])
		return a, a
	}
	a.Status, a.Reason = status, reason
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok || !isToken(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			a.what = fmt.Sprintf("%d with a header line that is not \"name: value\": %.100q", status, line)
			return a, a
		}
		a.Header.Add(name, strings.Trim(value, " \t"))
	}
	return a, nil
}

func hasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

// isToken reports whether s is one as of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
