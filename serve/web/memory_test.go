package web

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"testing"
	"unsafe"
)

// In steady state a request allocates nothing.
func TestDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes a sync.Pool forget")
	}
	mux := new(Mux)
	mux.Handle("GET /hello", hello)
	mux.Handle("POST /json", WithContent(4096, func(w *Response, r *Request) {
		w.SetContentType("application/json")
		w.Set("X-A", "b")
		_, _ = w.Write(r.Content())
	}))
	p := start(t, Config{Handler: mux.Serve}).dial(t)
	buf := make([]byte, 4096)
	for _, request := range []string{
		get, get + get + get, "POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + string(bytes.Repeat([]byte("x"), 1000)),
	} {
		input := []byte(request)
		ask := func() {
			if _, err := p.Write(input); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAtLeast(p, buf, 100); err != nil {
				t.Fatal(err)
			}
		}
		for range 200 { // the exchanges, the workers' buffers
			ask()
		}
		// The date is made anew every second, by two allocations or three.
		if allocs := testing.AllocsPerRun(300, ask); allocs >= 1 {
			t.Errorf("%.20q: %v allocations", request, allocs)
		}
	}
}

// An idle connection is some 600 bytes at most: what the machine is, and what its task and its socket take.
func TestIdleConnectionIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(conn{}); n > 320 {
		t.Errorf("a connection's machine has %d bytes", n)
	}
	if testing.Short() {
		t.Skip("500 connections")
	}
	const conns = 500
	s := start(t, Config{Handler: hello})
	open := func(n int) (all []net.Conn) {
		buf := make([]byte, 4096)
		for range n {
			c, err := net.Dial("tcp", s.addr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			if _, err := io.WriteString(c, get); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Read(buf); err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
		return all
	}
	open(50)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	// Clients that are plain sockets, to be taken off the account: a pair of package net's.
	before := heap()
	clients := open(conns)
	each := (heap() - before) / conns
	t.Logf("%d bytes for a connection and its client's end in package net", each)
	if each > 1600 {
		t.Errorf("%d bytes for a connection and its client's end in package net", each)
	}
	runtime.KeepAlive(clients)
}

func BenchmarkHello(b *testing.B) {
	p := start(b, Config{Handler: hello}).dial(b)
	buf := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		p.send(get)
		if _, err := p.Read(buf); err != nil {
			b.Fatal(err)
		}
	}
}
