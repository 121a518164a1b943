package client_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve/client"
)

// Connections that were kept for IdleTimeout are not used again.
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

// Connections that nobody uses are closed after IdleTimeout, though the client is not asked for anything any more.
func TestIdleConnectionsAreClosedByAClock(t *testing.T) {
	gone := make(chan bool, 10)
	s := httptest.NewUnstartedServer(http.HandlerFunc(mirror))
	s.Config.ConnState = func(_ net.Conn, at http.ConnState) {
		if at == http.StateClosed {
			gone <- true
		}
	}
	s.Start()
	defer s.Close()
	c := newClient(t, client.Config{IdleTimeout: 20 * time.Millisecond})
	for range 3 { // the clock is set each time
		for range 2 {
			if _, _, err := do(c, request(t, "GET", s.URL+"/length", nil)); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-gone:
		case <-time.After(20 * time.Second):
			t.Fatal("it is open")
		}
		if n := c.Idle(); n != 0 {
			t.Errorf("%d are kept", n)
		}
	}
}
