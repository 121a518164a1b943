package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestMain is also the program: main, if that is asked for.
func TestMain(m *testing.M) {
	if os.Getenv("KV_TEST_MAIN") != "" {
		os.Args = append(os.Args[:1], strings.Fields(os.Getenv("KV_TEST_MAIN"))...)
		main()
		return
	}
	os.Exit(m.Run())
}

// It tells its address, serves redis-cli, keeps what it was told in its log, and ends on SIGTERM.
func TestWithRedisCLI(t *testing.T) {
	cli, err := exec.LookPath("redis-cli")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no redis-cli")
	}
	name := filepath.Join(t.TempDir(), "aof")
	for round, want := range []string{"1", "2"} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "KV_TEST_MAIN=-addr 127.0.0.1:0 -workers 1 -aof "+name)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		addr, ok := strings.CutPrefix(strings.TrimSpace(line), "kv: listening on 127.0.0.1:")
		if !ok {
			t.Fatalf("%q, %v", line, err)
		}
		for _, c := range [][2]string{{"PING", "PONG"}, {"INCR rounds", want}, {"-3 HSET h a 1", "1"}, {"LRANGE none 0 -1", ""}} {
			args := append([]string{"-p", addr}, strings.Fields(c[0])...)
			got, err := exec.Command(cli, args...).CombinedOutput()
			if s := strings.TrimSpace(string(got)); err != nil || c[0][0] != '-' && s != c[1] {
				t.Errorf("round %d, %s: %q, %v; want %s", round, c[0], s, err, c[1])
			}
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("SIGTERM: %v", err)
		}
	}
}
