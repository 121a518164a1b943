package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// output is what the server prints, and its first line as soon as it is there.
type output struct {
	mu    sync.Mutex
	all   bytes.Buffer
	first chan string
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all.Len() == 0 {
		o.first <- string(p)
	}
	return o.all.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

func TestEchoInBothStyles(t *testing.T) {
	for style := range styles {
		t.Run(style, func(t *testing.T) {
			out := &output{first: make(chan string, 1)}
			ctx, stop := context.WithCancel(context.Background())
			served := make(chan error, 1)
			go func() { served <- serve(ctx, "127.0.0.1:0", 2, style, out) }()
			addr := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(<-out.first)
			for range 20 {
				echoOnce(t, addr)
			}
			stop()
			if err := <-served; err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), "20 connections accepted, 20 closed") {
				t.Fatalf("metrics after 20 connections:\n%s", out)
			}
		})
	}
}

// echoOnce sends more than fits in the socket buffers, so that the server has to wait for
// its reader, and checks every byte that comes back.
func echoOnce(t *testing.T, addr string) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := bytes.Repeat([]byte("magpie"), 50_000)
	go func() {
		_, _ = c.Write(sent) // a failure shows in what is read
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent) {
		t.Fatalf("%d bytes came back, not the %d that were sent", len(got), len(sent))
	}
}

func TestWrongUseIsTold(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, c := range []struct {
		addr, style string
		workers     int
		want        string
	}{
		{"127.0.0.1:0", "fast", 1, "want state, async or compiled"},
		{"127.0.0.1:0", "state", -1, "Workers is -1"},
		{busy.Addr().String(), "state", 1, busy.Addr().String()},
		{"nonsense", "state", 1, "nonsense"},
	} {
		err := serve(context.Background(), c.addr, c.workers, c.style, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("serve(%+v) answered %v, want %q in it", c, err, c.want)
		}
	}
}
