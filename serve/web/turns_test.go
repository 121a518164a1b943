package web

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve/internal/testkit"
)

// A client that sends a thousand requests at once is answered some at a time, and others go first.
func TestManyRequestsTakeTurns(t *testing.T) {
	var answered atomic.Int64
	s, err := New(Config{Handler: func(w *Response, r *Request) {
		answered.Add(1)
		hello(w, r)
	}})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Turns(t, s.Run, answered.Load, maxTurn, func(addr string) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(patience))
		go c.Write([]byte(strings.Repeat(get, 1000)))
		r := bufio.NewReader(c)
		for i := range 1000 {
			a, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatalf("answer %d: %v", i, err)
			}
			if _, err := r.Discard(int(a.ContentLength)); err != nil {
				t.Fatalf("answer %d: %v", i, err)
			}
		}
	})
}
