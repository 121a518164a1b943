package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestMain is also the program: main, if that is asked for.
func TestMain(m *testing.M) {
	if os.Getenv("PROXY_TEST_MAIN") != "" {
		os.Args = append(os.Args[:1], strings.Fields(os.Getenv("PROXY_TEST_MAIN"))...)
		main()
		return
	}
	os.Exit(m.Run())
}

// It tells its address, passes requests of net/http on to two servers of net/http in turns, and ends on SIGTERM although a connection
// is still open.
func TestBeforeHTTPServers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	var to []string
	for i := range 2 {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "server %d got %d bytes", i, len(body))
		}))
		defer s.Close()
		to = append(to, s.Listener.Addr().String())
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PROXY_TEST_MAIN=-addr 127.0.0.1:0 -workers 1 -round-robin -to "+strings.Join(to, ","))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "proxy: listening on ")
	if !ok {
		t.Fatalf("%q, %v", line, err)
	}
	seen := map[string]bool{}
	for range 4 {
		client := http.Client{Transport: &http.Transport{}} // with a connection of its own, which stays open
		r, err := client.Post("http://"+addr, "text/plain", strings.NewReader(strings.Repeat("x", 100_000)))
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
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}
