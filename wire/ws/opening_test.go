package ws_test

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/wire/ws"
)

const rightAnswer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

func opening() *ws.Opening {
	return &ws.Opening{Host: "x:1", Key: "dGhlIHNhbXBsZSBub25jZQ==", Protocols: []string{"a", "b"}, Compress: true}
}

// An answer is understood however it is cut, and what comes behind it is left.
func TestOpening(t *testing.T) {
	for _, c := range []struct {
		fields string
		want   string // protocol, compression
	}{
		{"", ""},
		{"Sec-WebSocket-Protocol: b\r\n", "b"},
		{"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n", "permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
		{"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n", "permessage-deflate; server_max_window_bits=10"},
	} {
		in := "HTTP/1.1 103 Early Hints\r\n\r\n" + rightAnswer + c.fields + "\r\n"
		for _, size := range []int{1, 7, 10_000} {
			o := opening()
			rest := in + "\x81\x01a"
			for !o.Done() {
				p := rest[:min(size, len(rest))]
				n, err := o.Feed([]byte(p))
				if err != nil || n != len(p) && !o.Done() {
					t.Fatalf("%q, %d at a time: %d, %v", c.fields, size, n, err)
				}
				rest = rest[n:]
			}
			got := o.Protocol
			if o.Compressed {
				got += o.Deflate.String()
			}
			if got != c.want || rest != "\x81\x01a" {
				t.Errorf("%q, %d at a time: %q, and %q is left", c.fields, size, got, rest)
			}
		}
	}
}

func TestOpeningRefuses(t *testing.T) {
	for _, fields := range []string{
		"Sec-WebSocket-Protocol: c\r\n", "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n", "Sec-WebSocket-Extensions: other\r\n",
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10\r\n", "Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate\r\n",
		"A: b\nC: d\r\n", " folded\r\n", "A : b\r\n", "A: \x00\r\n", "A: " + strings.Repeat("b", 20_000) + "\r\n",
	} {
		for _, size := range []int{1, 100_000} {
			o := opening()
			var err error
			in := rightAnswer + fields + "\r\n"
			for given := 0; err == nil && given < len(in); given += size {
				_, err = o.Feed([]byte(in[given:min(given+size, len(in))]))
			}
			if e := (*ws.AnswerError)(nil); !errors.As(err, &e) || o.Done() {
				t.Errorf("%.100q: %v", fields, err)
			}
		}
	}
	for _, o := range []*ws.Opening{{}, {Host: "x y"}, {Host: "x", Target: "/a b"}, {Host: "x", Header: textproto.MIMEHeader{"upgrade": {"h2c"}}}} {
		if b, err := o.Append(nil); err == nil {
			t.Errorf("%q", b)
		}
	}
}

func ExampleOpening() {
	o := ws.Opening{Host: "example.org", Target: "/chat", Key: "dGhlIHNhbXBsZSBub25jZQ=="} // a key of NewKey
	request, err := o.Append(nil)
	fmt.Println(strings.Count(string(request), "\r\n"), err)
	_, err = o.Feed([]byte("HTTP/1.1 404 Not Found\r\n\r\n"))
	fmt.Println(err)
	// Output:
	// 7 <nil>
	// websocket: the server has answered 404 Not Found instead of 101
}
