package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// started runs the server for a test and returns its address.
func started(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, "127.0.0.1:0", 2, in)
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal(<-ended)
	}
	go io.Copy(io.Discard, out)
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	_, addr, _ := strings.Cut(lines.Text(), "http://")
	return addr
}

func TestHello(t *testing.T) {
	addr := started(t)
	var transport http.Transport
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: &transport}
	for range 3 { // on one connection
		r, err := client.Get("http://" + addr)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != 200 || string(body) != "Hello, World!" {
			t.Fatal(r.Status, string(body), err)
		}
	}
}

// What comes in pieces, in one packet, or is no request, is answered as net/http would.
func TestRequestsAsTheyCome(t *testing.T) {
	addr := started(t)
	const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	const last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for name, test := range map[string]struct {
		pieces []string
		want   []int
	}{
		"in pieces":     {[]string{"GET / HT", "TP/1.1\r\nHost: x\r", "\n\r", "\nGET", last[3:]}, []int{200, 200}},
		"three at once": {[]string{get + get + last}, []int{200, 200, 200}},
		"no request":    {[]string{"hello\r\n\r\n"}, []int{400}},
		"too long":      {[]string{"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 3*mostHead)}, []int{431}},
		"post":          {[]string{"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}, []int{405}},
		"with a body":   {[]string{"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"}, []int{413}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for _, p := range test.pieces {
				if _, err := io.WriteString(c, p); err != nil {
					break // it has answered, and closed
				}
			}
			r := bufio.NewReader(c)
			for _, want := range test.want {
				got, err := http.ReadResponse(r, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, got.Body); err != nil || got.StatusCode != want {
					t.Fatalf("%s, %v; want %d", got.Status, err, want)
				}
			}
			if rest, err := io.ReadAll(r); len(rest) > 0 {
				t.Fatalf("%q, %v after the last answer; want the end", rest, err)
			}
		})
	}
}
