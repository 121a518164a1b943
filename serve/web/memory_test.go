//go:build !portable

package web

import (
	"bytes"
	"io"
	"testing"
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
