package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestMain is also the program: main, if that is asked for.
func TestMain(m *testing.M) {
	if os.Getenv("TLS_TEST_MAIN") != "" {
		os.Args = append(os.Args[:1], strings.Fields(os.Getenv("TLS_TEST_MAIN"))...)
		main()
		return
	}
	os.Exit(m.Run())
}

// It tells its address, sends back what clients of crypto/tls and openssl send, and ends on SIGTERM although one of them stays.
func TestEcho(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TLS_TEST_MAIN=-addr 127.0.0.1:0 -workers 2")
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
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "tls: listening on ")
	if !ok {
		t.Fatalf("%q, %v", line, err)
	}
	conf := &tls.Config{InsecureSkipVerify: true} // it has made its certificate itself
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() { echoed(t, addr, conf, bytes.Repeat([]byte{byte(i)}, 300_000)) })
	}
	clients.Wait()
	if openssl, err := exec.LookPath("openssl"); err == nil {
		client := exec.Command(openssl, "s_client", "-quiet", "-no_ign_eof", "-connect", addr)
		in, _ := client.StdinPipe()
		answer, _ := client.StdoutPipe()
		if err := client.Start(); err != nil {
			t.Fatal(err)
		}
		io.WriteString(in, "hello\n")
		if got, err := bufio.NewReader(answer).ReadString('\n'); got != "hello\n" {
			t.Errorf("openssl got %q, %v", got, err)
		}
		in.Close()
		client.Wait()
	}
	stays, err := tls.Dial("tcp", addr, conf)
	if err != nil {
		t.Fatal(err)
	}
	defer stays.Close()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}

func echoed(t *testing.T, addr string, conf *tls.Config, text []byte) {
	c, err := tls.Dial("tcp", addr, conf)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	go func() {
		c.Write(text)
		c.CloseWrite()
	}()
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, text) {
		t.Errorf("%d bytes came back, %v; want %d", len(got), err, len(text))
	}
}
