package web

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/serve"
)

// An http.Handler does not wait for ever for a client that has stopped in the middle of its content, and its answer arrives.
func TestStandardBodyTimeout(t *testing.T) {
	theirs := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer theirs.Close()
	for _, secure := range []*tls.Config{nil, theirs.TLS} {
		s := start(t, Config{BodyTimeout: 50 * time.Millisecond, Conns: serve.Config{TLS: secure}, Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if content, err := io.ReadAll(r.Body); string(content) != "he" || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("read %q, %v", content, err)
			}
			http.Error(w, "too slow", http.StatusRequestTimeout)
		}))})
		p := s.dial(t)
		if secure != nil {
			p.Conn = tls.Client(p.Conn, &tls.Config{InsecureSkipVerify: true})
			p.r = bufio.NewReader(p.Conn)
		}
		p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe")
		if a := p.want("POST", 408, "too slow\n"); !a.Close {
			t.Error("the connection goes on")
		}
	}
}

// When its time is up in the middle of an answer, the connection ends with that, and what comes later is no request.
func TestStandardBodyTimeoutInAnAnswer(t *testing.T) {
	p := start(t, Config{BodyTimeout: 50 * time.Millisecond, Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "too ")
		w.(http.Flusher).Flush()
		if _, err := io.ReadAll(r.Body); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		io.WriteString(w, "slow")
	}))}).dial(t)
	p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe")
	p.want("POST", 200, "too slow")
	_, _ = io.WriteString(p, "llo"+get)
	if rest, _ := io.ReadAll(p.r); len(rest) > 0 { // an error is a reset, as it is sent to somebody who has closed
		t.Errorf("after the end: %q", rest)
	}
}

// A time-out that was not reached leaves nothing behind: the connection may wait for longer than that afterwards.
func TestStandardBodyInTime(t *testing.T) {
	const timeout = 200 * time.Millisecond
	var late word.Bool // the machine was busy with other things, if so
	s := start(t, Config{BodyTimeout: timeout, Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(w, r.Body)
		late.Store(errors.Is(err, os.ErrDeadlineExceeded))
	}))})
	for begin := time.Now(); ; {
		p := s.dial(t)
		p.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
		if a := p.read("POST"); a.StatusCode != 100 {
			t.Fatalf("answered with %d", a.StatusCode)
		}
		p.send("hello")
		a := p.read("POST")
		if late.Load() && time.Since(begin) < patience {
			continue
		}
		<-time.After(2 * timeout)
		if p.send(get); a.content != "hello" {
			t.Errorf("answered with %q", a.content)
		}
		p.want("GET", 200, "")
		return
	}
}

// The task that is woken while a goroutine reads leaves the exchange alone. (It is the race detector that says so.)
func TestWokenWhileAGoroutineReads(t *testing.T) {
	calls := make(chan *standardCall, 1)
	s := start(t, Config{Handler: func(w *Response, r *Request) {
		call := &standardCall{x: r.x, h: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })}
		calls <- call
		w.Await(call)
	}})
	p := s.dial(t)
	p.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
	call := <-calls
	for range 200 {
		p.send("1\r\nx\r\n")
		call.talk.task.Wake()
	}
	p.send("0\r\n\r\n")
	p.want("POST", 200, strings.Repeat("x", 200))
}

// A client that waits to be told to go on is not told in the middle of an answer.
func TestNoContinueInAnAnswer(t *testing.T) {
	for name, h := range map[string]Handler{
		"a coroutine": AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
			w.SetLength(4)
			_, _ = w.WriteString("a")
			if _, err := w.Flush().Await(co); err != nil {
				return err
			}
			content, err := aio.ReadAll(r.Body(), 10).Await(co)
			_, _ = w.Write(content)
			return err
		}),
		"an http.Handler": Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "4")
			io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			io.Copy(w, r.Body)
		})),
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, Config{Handler: h})
			p := s.dial(t)
			p.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
			r, err := http.ReadResponse(p.r, nil)
			if err != nil {
				t.Fatal(err)
			}
			begin := make([]byte, 1)
			if _, err := io.ReadFull(r.Body, begin); err != nil {
				t.Fatal(err)
			}
			p.send("bcd")
			rest, err := io.ReadAll(r.Body)
			if got := string(begin) + string(rest); got != "abcd" || err != nil {
				t.Errorf("answered with %q, %v", got, err)
			}
		})
	}
}
