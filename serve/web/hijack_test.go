//go:build !portable

// Left out of the portable build, which cannot hand a socket back to package net.

package web

import (
	"fmt"
	"io"
	"net/http"
	"testing"
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
