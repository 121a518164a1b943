package client_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/serve/client"
	"github.com/magpie-go/magpie/wire/http1"
)

// pass passes a message on and reads all of the response. fields is its header.
func pass(c *client.Client, m *client.Message) (resp *client.Response, fields, text string, err error) {
	_, err = future.BlockOn(future.Box[future.Unit](future.Do(func(co *future.Co) (err error) {
		if resp, err = c.Pass(m).Await(co); err != nil {
			return err
		}
		for name, value := range resp.Fields() {
			fields += fmt.Sprintf("%s=%s;", name, value)
		}
		all, err := aio.ReadAll(resp, 1<<20).Await(co)
		text = string(all)
		return err
	})))
	return resp, fields, text, err
}

// A request goes out as it was written, and the header of the response comes as it was sent, but for lines that were folded and interim responses.
func TestPass(t *testing.T) {
	const head = "get-it /x%20y?q HTTP/1.1\r\nHost: h\r\nx-ODD: a\r\nX-Odd: b\r\n"
	const trailed = "4\r\nsome\r\n0\r\nX-Sum: 4\r\n\r\n"
	for _, c := range []struct {
		name, method, sent string // after the head
		content            string
		length             int64
		answer             string
		status             int
		fields, text       string
		contentLength      int64
		trailer            string
	}{
		{"none", "GET", "\r\n", "", 0, "HTTP/1.1 200 Fine\r\nb: 1\r\nA:  x \r\nb: 2\r\nContent-Length: 2\r\n\r\nhi", 200, "b=1;A=x;b=2;Content-Length=2;", "hi", 2, ""},
		{"none, to POST", "POST", "Content-Length: 0\r\n\r\n", "", 0, "HTTP/1.1 204 No Content\r\n\r\n", 204, "", "", -1, ""},
		{"content", "PUT", "Content-Length: 4\r\n\r\nsome", "some", 4, "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n", 999, "Content-Length=0;", "", 0, ""},
		{"chunks", "POST", "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n" + trailed, "some", -1,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + trailed, 200, "Transfer-Encoding=chunked;", "some", -1, "4"},
		{"HEAD", "HEAD", "\r\n", "", 0, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", 200, "Content-Length=7;", "", 7, ""},
		{"interim", "GET", "\r\n", "", 0, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", 200, "A=b c;Content-Length=0;", "", 0, ""},
	} {
		addr := raw(t, func(conn net.Conn, in *bufio.Reader) {
			for range 2 {
				want := head + c.sent
				got := make([]byte, len(want))
				if _, err := io.ReadFull(in, got); err != nil || string(got) != want {
					t.Errorf("%s: sent %q, %v", c.name, got, err)
				}
				io.WriteString(conn, c.answer)
			}
		})
		k := newClient(t, client.Config{})
		for range 2 { // the second time by a connection that was kept
			m := &client.Message{Method: c.method, Host: addr, Head: []byte(head), Length: c.length}
			if c.content != "" {
				m.Body = aio.FromReader(strings.NewReader(c.content))
			}
			if c.length < 0 {
				m.Trailer = http.Header{"X-Sum": {"4"}}
			}
			resp, fields, text, err := pass(k, m)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if resp.StatusCode != c.status || fields != c.fields || text != c.text || resp.ContentLength != c.contentLength || resp.Trailer.Get("X-Sum") != c.trailer {
				t.Errorf("%s: %d, %s, %q of %d, trailers %v", c.name, resp.StatusCode, fields, text, resp.ContentLength, resp.Trailer)
			}
			for name := range resp.Fields() {
				t.Errorf("%s: there is %s after the end", c.name, name)
			}
			if n := k.Idle(); n != 1 {
				t.Errorf("%s: %d connections are kept", c.name, n)
			}
		}
	}
}

// What is no response, or one without an end of interim ones, is an error of package http1.
func TestPassOfBadResponses(t *testing.T) {
	for answer, want := range map[string]error{
		"SSH-2.0\r\n\r\n":                                     http1.ErrStatusLine,
		"HTTP/1.1 200 OK\r\nA : b\r\n\r\n":                    http1.ErrFieldName,
		"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n":        http1.ErrLength,
		strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 9): http1.ErrStatusCode,
	} {
		addr := raw(t, func(conn net.Conn, in *bufio.Reader) {
			if _, err := http.ReadRequest(in); err != nil {
				t.Error(err)
			}
			io.WriteString(conn, answer)
			io.Copy(io.Discard, in)
		})
		k := newClient(t, client.Config{})
		if _, _, _, err := pass(k, &client.Message{Method: "GET", Host: addr, Head: []byte("GET / HTTP/1.1\r\nHost: h\r\n")}); !errors.Is(err, want) || k.Idle() != 0 {
			t.Errorf("%.40q: %v, %d connections are kept", answer, err, k.Idle())
		}
	}
}

// A kept connection that breaks before an answer has the request sent once more, if that may be: one with content may not.
func TestPassAgain(t *testing.T) {
	for _, c := range []struct {
		method, content string
		again           bool
	}{{"GET", "", true}, {"POST", "", false}, {"PUT", "some", false}} {
		var answered word.Bool
		addr := raw(t, func(conn net.Conn, in *bufio.Reader) {
			for {
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				if _, err := in.Discard(len(c.content)); err != nil {
					return
				}
				io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
				if !answered.Swap(true) { // the next one on this connection is not answered
					http.ReadRequest(in)
					return
				}
			}
		})
		k := newClient(t, client.Config{})
		message := func() *client.Message {
			m := &client.Message{Method: c.method, Host: addr, Head: []byte(c.method + " / HTTP/1.1\r\nHost: h\r\n")}
			if c.content != "" {
				m.Body, m.Length = aio.FromReader(strings.NewReader(c.content)), int64(len(c.content))
			}
			return m
		}
		if _, _, _, err := pass(k, message()); err != nil {
			t.Fatal(err)
		}
		var content interface{ RequestContent() } // that is at its end
		if _, _, _, err := pass(k, message()); (err == nil) != c.again || errors.As(err, &content) {
			t.Errorf("%s with %q, a second time: %v", c.method, c.content, err)
		}
	}
}
