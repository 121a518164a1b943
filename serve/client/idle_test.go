package client_test

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve/client"
)

// Connections that were kept for IdleTimeout are not used again, and those of other hosts are closed as well when one is kept.
func TestIdleTimeout(t *testing.T) {
	one, other := server(t, false, mirror), server(t, false, mirror)
	c := newClient(t, client.Config{IdleTimeout: 10 * time.Millisecond})
	for range 3 {
		for _, s := range []*counted{one, other} {
			if _, _, err := do(c, request(t, "GET", s.URL+"/length", nil)); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(20 * time.Millisecond)
	}
	if _, _, err := do(c, request(t, "GET", one.URL+"/length", nil)); err != nil {
		t.Fatal(err)
	}
	if n := one.conns.Load(); n != 4 || c.Idle() != 1 {
		t.Errorf("%d connections for 4 requests, %d idle; want 4, 1", n, c.Idle())
	}
}
