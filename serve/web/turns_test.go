package web

import (
	"strings"
	"sync/atomic"
	"testing"

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
		p := (&served{addr: addr}).dial(t)
		go p.Write([]byte(strings.Repeat(get, 1000)))
		for range 1000 {
			p.want("GET", 200, "Hello, World!")
		}
	})
}
