package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/draw"
)

func TestParsePhase(t *testing.T) {
	p, err := ParsePhase("10s-20s:errors=5%; latency=fixed(50ms);jitter=1ms")
	if err != nil || p.From != 10*time.Second || p.To != 20*time.Second || p.Errors != 0.05 || p.Jitter != time.Millisecond || p.Latency != fixed(t, 50*time.Millisecond) {
		t.Errorf("%+v, %v", p, err)
	}
	c := chaos{always: Faults{Errors: 1}, phases: []Phase{p}}
	if c.at(15*time.Second) != &c.phases[0].Faults || c.at(20*time.Second) != &c.always {
		t.Error("the wrong faults hold")
	}
	for text, want := range map[string]string{
		"": "give FROM-TO", "10s:errors=1%": "give FROM-TO", "20s-10s:errors=1%": "give FROM-TO", "0s-1s:": "accepted are latency=DIST",
		"0s-1s:errors=101%": "a share from 0 to 100%", "0s-1s:errors=x": "a share", "0s-1s:jitter=x": "give a time", "0s-1s:latency=x": "accepted are fixed",
	} {
		if _, err := ParsePhase(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Each mode answers an error when that is asked for, and ends the connection when that is.
func TestFaults(t *testing.T) {
	for _, f := range []struct {
		name, request, want string
		config              Config
	}{
		{"http errors", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 500 ", Config{Mode: HTTP, Faults: Faults{Errors: 1}}},
		{"redis errors", "PING\r\n", "-ERR an error as asked for\r\n", Config{Mode: Redis, Faults: Faults{Errors: 1}}},
		{"redis", "*2\r\n$4\r\necho\r\n$2\r\nhi\r\n", "$2\r\nhi\r\n", Config{Mode: Redis}},
		{"echo errors", "abc", "abb", Config{Faults: Faults{Errors: 1}}},
		{"closes", "abc", "", Config{Faults: Faults{Closes: 1}}},
		{"resets", "abc", "", Config{Faults: Faults{Resets: 1}}},
		{"at another time", "abc", "abc", Config{Phases: []Phase{{From: time.Hour, To: 2 * time.Hour, Faults: Faults{Closes: 1}}}}},
		{"for a time", "abc", "", Config{Phases: []Phase{{To: time.Hour, Faults: Faults{Closes: 1}}}}},
	} {
		s := newServer(t, f.config)
		c, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, f.request); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(f.want))
		if _, err := io.ReadFull(bufio.NewReader(c), got); string(got) != f.want {
			t.Errorf("%s: %q, %v, want %q", f.name, got, err, f.want)
		}
		if f.want == "" {
			if n, err := c.Read(make([]byte, 1)); err == nil {
				t.Errorf("%s: %d bytes came", f.name, n)
			}
		}
		_ = c.Close()
	}
}

func fixed(t *testing.T, d time.Duration) draw.Time {
	always, err := draw.Parse(d.String())
	if err != nil {
		t.Fatal(err)
	}
	return always
}

// An answer comes no sooner than it is asked to.
func TestLatency(t *testing.T) {
	const least = 30 * time.Millisecond
	for _, mode := range []Mode{Echo, UDP} {
		s := newServer(t, Config{Mode: mode, Faults: Faults{Latency: fixed(t, least), Jitter: time.Millisecond}})
		network, address := "tcp", ""
		if mode == UDP {
			network, address = "udp", s.packets.nc.LocalAddr().String()
		} else {
			address = s.listener.Addr().String()
		}
		c, err := net.Dial(network, address)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_, _ = io.WriteString(c, "abc")
		_ = c.SetReadDeadline(begun.Add(time.Minute))
		if n, err := c.Read(make([]byte, 10)); n != 3 || time.Since(begun) < least {
			t.Errorf("%v: %d bytes after %v, %v", mode, n, time.Since(begun), err)
		}
		_ = c.Close()
	}
}

func newServer(t *testing.T, config Config) *Server {
	t.Helper()
	s, err := Listen(newRuntime(t), config, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}
