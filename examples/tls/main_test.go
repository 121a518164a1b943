package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"os/exec"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"
)

// TestMain is also the program: main, if that is asked for.
func TestMain(m *testing.M) {
	if !testkit.IsProgram(main) {
		m.Run()
	}
}

// It tells its address, sends back what clients of crypto/tls and openssl send, and ends on SIGTERM although one of them stays.
func TestEcho(t *testing.T) {
	p := testkit.StartProgram(t, "tls", "-addr", "127.0.0.1:0", "-workers", "2")
	conf := &tls.Config{InsecureSkipVerify: true} // it has made its certificate itself
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() { echoed(t, p.Addr, conf, bytes.Repeat([]byte{byte(i)}, 300_000)) })
	}
	clients.Wait()
	if openssl, err := exec.LookPath("openssl"); err == nil {
		client := exec.Command(openssl, "s_client", "-quiet", "-no_ign_eof", "-connect", p.Addr)
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
	stays, err := tls.Dial("tcp", p.Addr, conf)
	if err != nil {
		t.Fatal(err)
	}
	defer stays.Close()
	p.Terminate(t)
	p.Wait(t)
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
