package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"
)

// TestMain is also the program: main, if that is asked for.
func TestMain(m *testing.M) {
	if !testkit.IsProgram(main) {
		m.Run()
	}
}

// It tells its address, passes requests of net/http on to two servers of net/http in turns, and ends on SIGTERM although a connection
// is still open.
func TestBeforeHTTPServers(t *testing.T) {
	var to []string
	for i := range 2 {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "server %d got %d bytes", i, len(body))
		}))
		defer s.Close()
		to = append(to, s.Listener.Addr().String())
	}
	p := testkit.StartProgram(t, "proxy", "-addr", "127.0.0.1:0", "-workers", "1", "-round-robin", "-to", strings.Join(to, ",")+",")
	seen := map[string]bool{}
	for range 4 {
		client := http.Client{Transport: &http.Transport{}} // with a connection of its own, which stays open
		r, err := client.Post("http://"+p.Addr, "text/plain", strings.NewReader(strings.Repeat("x", 100_000)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r.Body)
		r.Body.Close()
		defer client.CloseIdleConnections()
		if !strings.HasSuffix(string(text), "got 100000 bytes") || err != nil {
			t.Errorf("%q, %v", text, err)
		}
		seen[string(text)] = true
	}
	if len(seen) != 2 {
		t.Errorf("answers: %v", seen)
	}
	p.Terminate(t)
	p.Wait(t)
}
