package ws_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// hostile is a server that answers each handshake by what answer returns, and then only reads, or ends if {end} stands there. {accept} is the right key.
func hostile(t testing.TB, answer string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(time.Minute))
				r := bufio.NewReader(c)
				req, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				key := string(wire.AppendAccept(nil, req.Header.Get("Sec-WebSocket-Key")))
				answer, ends := strings.CutSuffix(strings.ReplaceAll(answer, "{accept}", key), "{end}")
				if io.WriteString(c, answer); !ends {
					io.Copy(io.Discard, r)
				}
			})
		}
	})
	return l.Addr().String()
}

const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"

// What is no agreement is told, with what the server has answered.
func TestRefusals(t *testing.T) {
	rt := newRuntime(t)
	for name, c := range map[string]struct {
		answer string
		status int
		want   []string // parts of the error
	}{
		"a wrong key":            {strings.Replace(upgrade, "{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1), 101, []string{"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}},
		"no key":                 {strings.Replace(upgrade, "Sec-WebSocket-Accept: {accept}\r\n", "", 1), 101, []string{"Sec-WebSocket-Accept []"}},
		"two keys":               {strings.Replace(upgrade, "\r\n\r\n", "\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", 1), 101, []string{"Sec-WebSocket-Accept"}},
		"403 with a reason":      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 11\r\n\r\nno magpies!", 403, []string{"403 Forbidden", "no magpies!"}},
		"403 to the end":         {"HTTP/1.1 403 Forbidden\r\n\r\nno magpies{end}", 403, []string{"no magpies"}},
		"403 in chunks":          {"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno \r\n8\r\nmagpies!\r\n0\r\n\r\n", 403, []string{`: "no magpies!"`}},
		"403 that does not end":  {"HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nno magpies", 403, []string{"no magpies"}},
		"403 without an end":     {"HTTP/1.1 403 Forbidden\r\n\r\nno magpies", 403, []string{"no magpies"}},
		"403 with bad lengths":   {"HTTP/1.1 403 Forbidden\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nno", 403, []string{"403 Forbidden"}},
		"204":                    {"HTTP/1.1 204 No Content\r\n\r\n", 204, []string{"204 No Content"}},
		"a redirect":             {"HTTP/1.1 302 Found\r\nLocation: ws://other/\r\nContent-Length: 0\r\n\r\n", 302, []string{"302 Found", "ws://other/"}},
		"200":                    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, []string{"200 OK", "instead of 101"}},
		"another upgrade":        {strings.Replace(upgrade, "websocket", "h2c", 1), 101, []string{"Upgrade", "h2c"}},
		"no Connection":          {strings.Replace(upgrade, "Connection: Upgrade\r\n", "", 1), 101, []string{"Connection"}},
		"a protocol unasked":     {strings.Replace(upgrade, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: z\r\n\r\n", 1), 101, []string{"subprotocol", `"z"`}},
		"an extension unasked":   {strings.Replace(upgrade, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1), 101, []string{"extensions", "permessage-deflate"}},
		"not HTTP":               {"SSH-2.0-OpenSSH_9.2\r\n\r\n", 0, []string{"not HTTP/1.1", "SSH-2.0"}},
		"a line without a colon": {"HTTP/1.1 101 x\r\nnonsense\r\n\r\n", 101, []string{"nonsense"}},
		"a header without end":   {"HTTP/1.1 101 x\r\n" + strings.Repeat("A: b\r\n", 10_000), 0, []string{"header", "16384"}},
		"answers without end":    {strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100), 0, []string{"preliminary"}},
	} {
		_, err := connect(t, rt, ws.ClientConfig{}, "ws://"+hostile(t, c.answer))
		e := (*wire.AnswerError)(nil)
		if !errors.As(err, &e) || e.Status != c.status {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", name, err, part)
			}
		}
	}
	if _, err := connect(t, rt, ws.ClientConfig{}, "ws://"+hostile(t, "HTTP/1.1 101 {end}")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	if _, err := connect(t, rt, ws.ClientConfig{HandshakeTime: 20 * time.Millisecond}, "ws://"+hostile(t, "HTTP/1.1 101 x\r\n")); !errors.Is(err, clock.ErrTimeout) {
		t.Error(err)
	}
	c, err := connect(t, rt, ws.ClientConfig{CloseTime: 10 * time.Millisecond}, "ws://"+hostile(t, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"+upgrade+"\x81\x02hi\x88\x00"))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := receive(t, c); err != nil || string(m.Data) != "hi" {
		t.Errorf("%q, %v", m.Data, err)
	}
	if _, err := receive(t, c); !closedBy(err, wire.NoStatus) {
		t.Error(err)
	}
}

// A server that breaks the rules is told, by its code, and the client's user which rule.
func TestServersThatBreakTheRules(t *testing.T) {
	rt := newRuntime(t)
	for in, want := range map[string]error{
		"\x81\x81\x00\x00\x00\x00a": wire.ErrMasked,
		"\x81\x01\xff":              wire.ErrUTF8,
		"\xc1\x00":                  wire.ErrReserved,
		"\x83\x00":                  wire.ErrOpcode,
		"\x09\x00":                  wire.ErrControlFragment,
		"\x89\x7e\x00\x7e":          wire.ErrControlSize,
		"\x80\x00":                  wire.ErrNothingBegun,
		"\x82\x7e\x03\xe9":          wire.ErrTooBig,
		"\x88\x02\x03\xed":          wire.ErrCloseCode,
		"\x88\x01\x03":              wire.ErrCloseSize,
	} {
		c, err := connect(t, rt, ws.ClientConfig{MaxMessage: 1000, CloseTime: 10 * time.Millisecond}, "ws://"+hostile(t, upgrade+in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := receive(t, c); err != want {
			t.Errorf("%x: %v, want %v", in, err, want)
		}
	}
	c, err := connect(t, rt, ws.ClientConfig{}, "ws://"+hostile(t, upgrade+"\x81\x02h{end}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receive(t, c); err != ws.ErrNoWord {
		t.Error(err)
	}
}
