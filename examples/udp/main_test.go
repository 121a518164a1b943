package main

import (
	"bytes"
	"context"
	"net"
	"regexp"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// said is the line that the server prints.
type said chan string

func (s said) Write(p []byte) (int, error) {
	s <- string(p)
	return len(p), nil
}

// Several clients of package net get back what they have sent, and nothing else; and the server ends when it is asked to.
func TestEcho(t *testing.T) {
	out := make(said, 1)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, "127.0.0.1:0", 2, out) }()
	addr := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(<-out)
	var clients sync.WaitGroup
	for i := range 10 {
		clients.Go(func() { talk(t, addr, byte(i)) })
	}
	clients.Wait()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func talk(t *testing.T, addr string, mark byte) {
	c, err := net.Dial("udp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	buf := make([]byte, 4096)
	for size := range 100 {
		sent := bytes.Repeat([]byte{mark}, size*10)
		if _, err := c.Write(sent); err != nil {
			t.Error(err)
			return
		}
		n, err := c.Read(buf)
		if err != nil || !bytes.Equal(buf[:n], sent) {
			t.Errorf("%d bytes of %d came back to %d, %v", n, len(sent), mark, err)
			return
		}
	}
}

func TestWrongUseIsTold(t *testing.T) {
	if err := serve(t.Context(), "nowhere", 1, make(said, 1)); err == nil {
		t.Error("it listens on nowhere")
	}
	if err := serve(t.Context(), "127.0.0.1:0", -1, make(said, 1)); err == nil {
		t.Error("it has -1 workers")
	}
}
