package http1

import (
	"io"
	"strings"
	"testing"
)

const host = "Host: x\r\n"

var requests = []struct {
	name, input       string
	isHead, keepAlive bool
	rest              string
	err               *Error
}{
	{name: "GET", input: "GET / HTTP/1.1\r\n" + host + "\r\n", keepAlive: true},
	{name: "HEAD", input: "HEAD / HTTP/1.1\r\n" + host + "\r\n", isHead: true, keepAlive: true},
	{name: "two at once", input: "GET /a HTTP/1.1\r\n" + host + "\r\nGET /b", keepAlive: true, rest: "GET /b"},
	{name: "blank lines before", input: "\r\n\r\nGET / HTTP/1.1\r\n" + host + "\r\n", keepAlive: true},
	{name: "bare LF", input: "GET / HTTP/1.1\nHost: x\n\n", err: ErrBareLF},
	{name: "close", input: "GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"},
	{name: "1.0", input: "GET / HTTP/1.0\r\n\r\n"},
	{name: "1.0 keep-alive", input: "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", keepAlive: true},
	{name: "content", input: "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabcGET", keepAlive: true, rest: "GET"},
	{name: "chunked content", input: "PUT / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET", keepAlive: true, rest: "GET"},

	{name: "no target", input: "GET HTTP/1.1\r\n\r\n", err: ErrRequestLine},
	{name: "blank in the target", input: "GET /a b HTTP/1.1\r\n\r\n", err: ErrRequestLine},
	{name: "two blanks", input: "GET  / HTTP/1.1\r\n\r\n", err: ErrRequestLine},
	{name: "garbage", input: "\x16\x03\x01\x02\r\n", err: ErrRequestLine},
	{name: "method with a slash", input: "G/T / HTTP/1.1\r\n\r\n", err: ErrRequestLine},
	{name: "version 2", input: "PRI * HTTP/2.0\r\n\r\n", err: ErrVersion},
	{name: "another protocol", input: "GET / FTP\r\n\r\n", err: ErrRequestLine},
	{name: "query", input: "GET /a%20b?c=%zz HTTP/1.1\r\n" + host + "\r\n", keepAlive: true},
	{name: "absolute", input: "GET http://h:1/ HTTP/1.1\r\n" + host + "\r\n", keepAlive: true},
	{name: "asterisk", input: "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", keepAlive: true},
	{name: "CONNECT without a host", input: "CONNECT h:1 HTTP/1.1\r\n\r\n", keepAlive: true},
	{name: "empty host", input: "GET / HTTP/1.1\r\nHost:\r\n\r\n", keepAlive: true},
	{name: "IPv6 host", input: "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", keepAlive: true},
	{name: "expects to go on", input: "GET / HTTP/1.1\r\n" + host + "Expect: x, 100-Continue\r\n\r\n", keepAlive: true},
	{name: "expects nothing", input: "GET / HTTP/1.1\r\n" + host + "Expect:\r\n\r\n", keepAlive: true},

	{name: "path without a slash", input: "GET path HTTP/1.1\r\n" + host + "\r\n", err: ErrTarget},
	{name: "percent", input: "GET /a%2 HTTP/1.1\r\n" + host + "\r\n", err: ErrTarget},
	{name: "control character in the query", input: "GET /?\x01 HTTP/1.1\r\n" + host + "\r\n", err: ErrTarget},
	{name: "absolute with a bad port", input: "GET http://h:x/ HTTP/1.1\r\n" + host + "\r\n", err: ErrTarget},
	{name: "blank in the host", input: "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", err: ErrHostValue},
	{name: "slash in the host", input: "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", err: ErrHostValue},
	{name: "user in the host", input: "GET / HTTP/1.1\r\nHost: me@x\r\n\r\n", err: ErrHostValue},
	{name: "expects nonsense", input: "GET / HTTP/1.1\r\n" + host + "Expect: nonsense\r\n\r\n", err: ErrExpect},
	{name: "no host", input: "GET / HTTP/1.1\r\n\r\n", err: ErrHost},
	{name: "two hosts", input: "GET / HTTP/1.1\r\n" + host + host + "\r\n", err: ErrHost},
	{name: "length and chunks", input: "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", err: ErrBothLengths},
	{name: "chunks in 1.0", input: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", err: ErrBothLengths},
	{name: "gzip coding", input: "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", err: ErrEncoding},
	{name: "two lengths", input: "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", err: ErrLength},
	{name: "folded", input: "GET / HTTP/1.1\r\n" + host + "\tmore\r\n\r\n", err: ErrFolded},
	{name: "large header", input: "GET / HTTP/1.1\r\n" + host + "A: " + strings.Repeat("a", MaxHead), err: ErrHeadSize},
}

// readRequest feeds input in pieces of the given size and returns what is left of it; the
// error is io.ErrUnexpectedEOF if the request is not complete.
func readRequest(r *Request, input string, piece int) (rest string, err error) {
	var buf []byte
	for {
		n, err := r.Feed(buf)
		buf = buf[n:]
		if err != nil || r.Done() {
			return string(buf) + input, err
		}
		if input == "" {
			return string(buf), io.ErrUnexpectedEOF
		}
		take := min(piece, len(input))
		buf = append(buf, input[:take]...)
		input = input[take:]
	}
}

func TestRequest(t *testing.T) {
	for _, c := range requests {
		for _, piece := range []int{1, 5, 1 << 20} {
			if piece == 1 && len(c.input) > 8<<10 {
				continue
			}
			var r Request
			rest, err := readRequest(&r, c.input, piece)
			if c.err != nil {
				if err != c.err {
					t.Errorf("%s, by %d: error %v, want %v", c.name, piece, err, c.err)
				}
				continue
			}
			if err != nil || !r.Done() {
				t.Errorf("%s, by %d: done %v, error %v", c.name, piece, r.Done(), err)
				continue
			}
			if r.IsHead() != c.isHead || r.KeepAlive() != c.keepAlive || rest != c.rest {
				t.Errorf("%s, by %d: HEAD %v, keep-alive %v, rest %q", c.name, piece, r.IsHead(), r.KeepAlive(), rest)
			}
		}
	}
}

func TestRequestWantsContinue(t *testing.T) {
	var r Request
	feed := func(s string) {
		t.Helper()
		if n, err := r.Feed([]byte(s)); n != len(s) || err != nil {
			t.Fatalf("%q: took %d, %v", s, n, err)
		}
	}
	feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n")
	if r.WantsContinue() {
		t.Error("wants 100 before its header is complete")
	}
	feed("\r\n")
	if !r.WantsContinue() {
		t.Error("does not want 100")
	}
	feed("ab")
	if r.WantsContinue() || !r.Done() {
		t.Error("wants 100 after its content has come")
	}
}
