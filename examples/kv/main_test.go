package main

import (
	"net"
	"os/exec"
	"path/filepath"
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

// It tells its address, serves redis-cli, keeps what it was told in its log, and ends on SIGTERM.
func TestWithRedisCLI(t *testing.T) {
	cli, err := exec.LookPath("redis-cli")
	if err != nil {
		t.Skip("there is no redis-cli")
	}
	name := filepath.Join(t.TempDir(), "aof")
	for round, want := range []string{"1", "2"} {
		p := testkit.StartProgram(t, "kv", "-addr", "127.0.0.1:0", "-workers", "1", "-aof", name)
		host, port, err := net.SplitHostPort(p.Addr)
		if err != nil || host != "127.0.0.1" {
			t.Fatalf("it listens on %q", p.Addr)
		}
		for _, c := range [][2]string{{"PING", "PONG"}, {"INCR rounds", want}, {"-3 HSET h a 1", "1"}, {"LRANGE none 0 -1", ""}} {
			args := append([]string{"-p", port}, strings.Fields(c[0])...)
			got, err := exec.Command(cli, args...).CombinedOutput()
			if s := strings.TrimSpace(string(got)); err != nil || c[0][0] != '-' && s != c[1] {
				t.Errorf("round %d, %s: %q, %v; want %s", round, c[0], s, err, c[1])
			}
		}
		p.Terminate(t)
		p.Wait(t)
	}
}
