package engine

import (
	"bytes"
	"encoding/binary"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Over TLS and without, with bodies larger than the peer's windows, and many streams.
func TestRunOverHTTP2(t *testing.T) {
	var wrong atomic.Int64
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.ProtoMajor != 2 || r.Host != "here" || r.Header.Get("X-A") != "b" || r.Header.Get("User-Agent") != "magpie-loadgen" || r.URL.RawQuery != "q=1" || len(body) != int(r.ContentLength) {
			wrong.Add(1)
		}
		w.WriteHeader(103)
		_, _ = w.Write(body)
		w.Header().Set(http.TrailerPrefix+"X-Sum", "1")
	})
	for _, secure := range []bool{false, true} {
		s := httptest.NewUnstartedServer(handler)
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
		s.Config.Protocols.SetHTTP2(true)
		s.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 7}
		s.EnableHTTP2 = secure
		if secure {
			s.StartTLS()
		} else {
			s.Start()
		}
		t.Cleanup(s.Close)
		for _, size := range []int{0, 10, 300 << 10} {
			c := config(t, s.URL+"/path?q=1", 60)
			c.Target, _ = c.Target.WithHTTP2()
			c.TLS.Insecure = secure
			c.Connections, c.Pipeline, c.Method, c.Body = 2, 20, "POST", strings.Repeat("x", size)
			c.Headers = []string{"X-A: b", "Host: here", "Connection: keep-alive"}
			r := mustRun(t, t.Context(), newRuntime(t), c)
			if r.Succeeded != 60 || r.Failed != 0 || r.StatusCodes["200"] != 60 || wrong.Load() != 0 {
				t.Errorf("secure %v, bodies of %d: %d succeeded, %d wrong, errors %v", secure, size, r.Succeeded, wrong.Load(), r.ErrorExamples)
			}
		}
	}
}

// h2Server speaks HTTP/2 by hand: handle is called for each request, with its number on its connection, and answers.
func h2Server(t *testing.T, handle func(f *http2.Framer, n int, id uint32, ok []byte) bool) string {
	return serve(t, func(_ int, c *net.TCPConn) {
		if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		var ok bytes.Buffer
		_ = hpack.NewEncoder(&ok).WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
		if f.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 4}) != nil {
			return
		}
		for n := 0; ; {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			if h, is := frame.(*http2.HeadersFrame); is {
				if !handle(f, n, h.StreamID, ok.Bytes()) {
					_ = c.CloseWrite()
					_, _ = io.Copy(io.Discard, c)
					return
				}
				n++
			}
		}
	})
}

// A server that never allows a stream is one that is late.
func TestHTTP2WithoutStreams(t *testing.T) {
	c := config(t, "http://"+serve(t, func(_ int, c *net.TCPConn) {
		_ = http2.NewFramer(c, c).WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 0})
		_, _ = io.Copy(io.Discard, c)
	}), 3)
	c.Target, _ = c.Target.WithHTTP2()
	c.Timeout = 50 * time.Millisecond
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != 0 || r.Failed != 3 || r.Errors["timeout"] != 3 {
		t.Errorf("%d succeeded, %d failed: %v", r.Succeeded, r.Failed, r.Errors)
	}
}

func answerH2(f *http2.Framer, id uint32, ok []byte) bool {
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: ok, EndHeaders: true, EndStream: true}) == nil
}

func TestRunCountsWhatHTTP2ServersDo(t *testing.T) {
	for _, f := range []struct {
		name      string
		kind      string
		succeeded uint64
		failed    uint64
		handle    func(f *http2.Framer, n int, id uint32, ok []byte) bool
	}{
		{"resets a stream", "stream_reset", 30, 10, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			if n%4 == 1 {
				return f.WriteRSTStream(id, http2.ErrCodeInternal) == nil
			}
			return answerH2(f, id, ok)
		}},
		// Of each connection ten are answered, and what was begun beyond is sent again elsewhere.
		{"says GOAWAY", "", 40, 0, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			if n == 9 {
				return f.WriteGoAway(id, http2.ErrCodeNo, nil) == nil && answerH2(f, id, ok)
			}
			return n > 9 || answerH2(f, id, ok)
		}},
		{"allows no more streams", "", 40, 0, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			if n == 9 {
				_ = f.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 0})
			}
			return answerH2(f, id, ok)
		}},
		{"says GOAWAY for an error", "goaway", 0, 8, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			return f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("too fast")) == nil && false
		}},
		{"answers none in time", "timeout", 20, 20, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			return n%2 == 1 || answerH2(f, id, ok)
		}},
		{"closes", "eof", 0, 8, func(*http2.Framer, int, uint32, []byte) bool { return false }},
		{"sends content first", "bad_response", 0, 8, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			return f.WriteData(id, true, []byte("x")) == nil
		}},
		{"pushes", "bad_response", 0, 8, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			return f.WritePushPromise(http2.PushPromiseParam{StreamID: id, PromiseID: 2, BlockFragment: ok, EndHeaders: true}) == nil
		}},
		{"says that there is more than it sends", "bad_response", 30, 10, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			head := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: append(bytes.Clone(ok), 0x0f, 0x0d, 2, '1', '0'), EndHeaders: true})
			content := "0123456789"
			if n%4 == 1 {
				content = content[:9]
			}
			return head == nil && f.WriteData(id, true, []byte(content)) == nil
		}},
		{"sends more than it says", "bad_response", 0, 40, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			head := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: append(bytes.Clone(ok), 0x0f, 0x0d, 1, '0'), EndHeaders: true})
			return head == nil && f.WriteData(id, true, []byte("x")) == nil
		}},
		{"pings, pads, and goes on in further frames", "", 40, 0, func(f *http2.Framer, n int, id uint32, ok []byte) bool {
			_ = f.WritePing(false, [8]byte{1})
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: ok[:0], PadLength: 3, Priority: http2.PriorityParam{Weight: 1}})
			_ = f.WriteContinuation(id, true, ok)
			return f.WriteDataPadded(id, true, []byte("content"), make([]byte, 5)) == nil
		}},
	} {
		c := config(t, "http://"+h2Server(t, f.handle), f.succeeded+f.failed)
		c.Target, _ = c.Target.WithHTTP2()
		c.Pipeline = 8
		if f.kind == "timeout" {
			c.Timeout = 200 * time.Millisecond
		}
		r := mustRun(t, t.Context(), newRuntime(t), c)
		if r.Succeeded != f.succeeded || r.Failed != f.failed || r.Errors[f.kind] != f.failed {
			t.Errorf("%s: %d succeeded, errors %v %v", f.name, r.Succeeded, r.Errors, r.ErrorExamples)
		}
	}
}

func TestRunTellsAServerWithoutHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	for url, want := range map[string]string{
		s.URL: "application protocol",
		"http://" + serve(t, func(_ int, c *net.TCPConn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }): "speaks HTTP/1.1",
	} {
		c := config(t, url, 1)
		c.Target, _ = c.Target.WithHTTP2()
		c.TLS.Insecure = c.Target.TLS
		r := mustRun(t, t.Context(), newRuntime(t), c)
		example := ""
		for _, e := range r.ErrorExamples {
			example += e
		}
		if !strings.Contains(example, want) && r.Errors["reset"] == 0 {
			t.Errorf("%s: %v, want %q", url, r.ErrorExamples, want)
		}
	}
}

// Frames of any content, in pieces of any size, are taken or refused.
func FuzzHTTP2(f *testing.F) {
	frame := func(kind http2.FrameType, flags http2.Flags, id uint32, p string) []byte {
		out := []byte{0, 0, byte(len(p)), byte(kind), byte(flags)}
		return append(binary.BigEndian.AppendUint32(out, id), p...)
	}
	settings := frame(http2.FrameSettings, 0, 0, "")
	f.Add(append(settings, frame(http2.FrameHeaders, http2.FlagHeadersEndHeaders|http2.FlagHeadersEndStream, 1, "\x88")...), uint8(1))
	f.Add(append(settings, frame(http2.FrameRSTStream, 0, 1, "\x00\x00\x00\x01")...), uint8(2))
	f.Add(append(settings, frame(http2.FrameGoAway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00")...), uint8(3))
	f.Add(append(settings, frame(http2.FrameWindowUpdate, 0, 1, "\x00\x00\x00\x01")...), uint8(3))
	f.Add(frame(http2.FrameSettings, 0, 0, "\x00\x04\x00\x00\x00\x00"), uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		feedAll(t, "http://h/", func(c *Config) {
			c.Target, _ = c.Target.WithHTTP2()
			c.Body, c.Method = "body", "POST"
		}, data, int(size)%64+1)
		feedAll(t, "http://h/{{counter}}", func(c *Config) {
			c.Target, _ = c.Target.WithHTTP2()
			c.Checks = must(ParseChecks([]string{`header("a") + body != ""`}))
		}, data, int(size)%64+1)
	})
}

// Requests that differ are put together without allocating, and their replies are looked at.
func TestHTTP2DoesNotAllocate(t *testing.T) {
	c := config(t, "http://h/{{counter}}?r={{random 1 1000}}", 1)
	c.Method, c.Body, c.Headers = "POST", "{{uuid}}", []string{"X-A: {{random 1 9}}"}
	c.Checks = must(ParseChecks([]string{"status == 200 && size == 2"}))
	client := h2Of(t, c)
	window := []byte{0, 0, 4, byte(http2.FrameWindowUpdate), 0, 0, 0, 0, 0, 0, 0, 1, 0}
	take := func(frame []byte, want outcome) {
		t.Helper()
		if n, got, err := client.feed(frame); n != len(frame) || got != want || err != nil {
			t.Fatalf("took %d of %d bytes, %d, %v", n, len(frame), got, err)
		}
	}
	take([]byte{0, 0, 0, byte(http2.FrameSettings), 0, 0, 0, 0, 0}, more)
	head := []byte{0, 0, 1, byte(http2.FrameHeaders), byte(http2.FlagHeadersEndHeaders), 0, 0, 0, 0, 0x88}
	body := []byte{0, 0, 2, byte(http2.FrameData), byte(http2.FlagDataEndStream), 0, 0, 0, 0, 'o', 'k'}
	exchange := func() {
		client.next(1)
		binary.BigEndian.PutUint32(head[5:], client.opened)
		binary.BigEndian.PutUint32(body[5:], client.opened)
		take(head, more)
		take(body, answered)
		take(window, more)
	}
	for range 10 {
		exchange()
	}
	if n := testing.AllocsPerRun(200, exchange); n != 0 {
		t.Errorf("%g allocations a request", n)
	}
}
