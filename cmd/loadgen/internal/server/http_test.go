package server

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/word"
)

func testAnswers() *word.Pointer[answers] {
	var now word.Pointer[answers]
	now.Store(newAnswers(time.Now()))
	return &now
}

func TestHTTPHandler(t *testing.T) {
	const (
		get   = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
		head  = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
		get10 = "GET / HTTP/1.0\r\n\r\n"
	)
	now := testAnswers()
	a := now.Load()
	stays, closes, stays10 := string(a.stays), string(a.closes), string(a.stays10)
	ok, toHead := stays, strings.TrimSuffix(stays, hello)
	for _, c := range []struct {
		name, input, want string
		finish, linger    bool
	}{
		{name: "one", input: get, want: ok},
		{name: "a part", input: get[:20]},
		{name: "HEAD", input: head, want: toHead},
		{name: "pipelined, the last in part", input: get + head + get + get[:10], want: ok + toHead + ok},
		{name: "close", input: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", want: closes, finish: true},
		{name: "nothing is answered after close", input: get10 + get, want: closes, finish: true, linger: true},
		{name: "1.0", input: get10, want: closes, finish: true},
		{name: "1.0 keep-alive", input: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", want: stays10},
		{name: "content", input: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + get, want: ok + ok},
		{name: "content to come", input: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", want: string(goOn)},
		{name: "malformed", input: "oh\r\n", finish: true, linger: true, want: "HTTP/1.1 400 Bad Request"},
		{name: "malformed second", input: get + "oh\r\n", finish: true, linger: true, want: ok + "HTTP/1.1 400 Bad Request"},
		{name: "HTTP/2", input: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", finish: true, linger: true, want: "HTTP/1.1 505 HTTP Version Not Supported"},
		{name: "header too large", input: get[:16] + "A: " + strings.Repeat("a", 64<<10), finish: true, linger: true, want: "HTTP/1.1 431 Request Header Fields Too Large"},
		{name: "unknown coding", input: "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", finish: true, linger: true, want: "HTTP/1.1 501 Not Implemented"},
	} {
		h := httpHandler{answers: now}
		n, got, finish, linger := h.handle([]byte(c.input), nil, &Counts{})
		if n > len(c.input) || finish != c.finish || linger != c.linger {
			t.Errorf("%s: took %d of %d, finish %v, linger %v", c.name, n, len(c.input), finish, linger)
		}
		if bytes.HasPrefix(got, []byte(c.want)) && (len(got) == len(c.want) || c.linger && !strings.HasSuffix(c.want, hello)) {
			continue
		}
		t.Errorf("%s: answered %q, want %q", c.name, got, c.want)
	}
}

// A client that asks and asks is answered a buffer at a time.
func TestHTTPHandlerBoundsItsAnswers(t *testing.T) {
	const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	input := []byte(strings.Repeat(get, 1000))
	h := httpHandler{answers: testAnswers()}
	limit := maxAnswers + len(h.answers.Load().stays)
	var c Counts
	answers := 0
	for len(input) > 0 {
		n, out, _, _ := h.handle(input, nil, &c)
		if len(out) > limit {
			t.Fatalf("%d bytes of answers at once", len(out))
		}
		input = input[n:]
		answers += bytes.Count(out, []byte(hello))
	}
	if answers != 1000 || c.Requests != 1000 {
		t.Errorf("%d answers to %d requests", answers, c.Requests)
	}
}

func TestHTTPHandlerDoesNotAllocate(t *testing.T) {
	get := []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	h := httpHandler{answers: testAnswers()}
	var c Counts
	out := make([]byte, 0, 1024)
	allocs := testing.AllocsPerRun(100, func() { h.handle(get, out, &c) })
	if allocs != 0 {
		t.Errorf("%v allocations a request", allocs)
	}
}
