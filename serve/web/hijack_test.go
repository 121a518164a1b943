//go:build !portable

// Left out of the portable build, which cannot hand a socket back to package net.

package web

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve"
)

func TestStandardHijack(t *testing.T) {
	side(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		line, err := rw.ReadString('\n')
		fmt.Fprintf(rw, "got %q, %v", line, err)
		rw.Flush()
		if _, err := w.Write(nil); err != http.ErrHijacked {
			t.Errorf("Write after Hijack: %v", err)
		}
	}), func(t *testing.T, at string) {
		p := (&served{addr: at}).dial(t)
		p.send(get + "sent ")
		p.send("at once\n")
		if all, err := io.ReadAll(p.r); err != nil || string(all) != `got "sent at once\n", <nil>` {
			t.Errorf("%q, %v", all, err)
		}
	})
}

// A header that was decided before is sent, as some libraries for WebSocket count on.
func TestStandardHijackAfterTheHeader(t *testing.T) {
	side(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "x")
		w.WriteHeader(http.StatusSwitchingProtocols)
		c, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		fmt.Fprint(rw, "in another protocol")
		rw.Flush()
	}), func(t *testing.T, at string) {
		p := (&served{addr: at}).dial(t)
		p.send(get)
		want101(t, p)
		if rest, err := io.ReadAll(p.r); string(rest) != "in another protocol" || err != nil {
			t.Errorf("%q, %v", rest, err)
		}
	})
}

// A handler that panics after it has taken the connection is told of, but for http.ErrAbortHandler.
func TestStandardPanicsAfterHijack(t *testing.T) {
	told := make(chan error, 2)
	c := Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
		}
		defer c.Close()
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
		panic("after all")
	}))}
	c.Conns.OnError = func(_ *serve.Conn, err error) { told <- err }
	s := start(t, c)
	for _, path := range []string{"/abort", "/panic"} {
		p := s.dial(t)
		p.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
		p.wantEnd()
	}
	select {
	case err := <-told:
		if !strings.Contains(err.Error(), "after all") || len(told) > 0 {
			t.Errorf("%v, and %d more", err, len(told))
		}
	case <-time.After(patience):
		t.Error("nobody was told")
	}
}
