package cli

import (
	"context"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/draw"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/server"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/sched"
)

// A server is asked to be slow, or to do wrong, over each protocol, and the report says what the server did: that is how far a
// report is to be believed.
func TestReportsSayWhatTheServerDid(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	const least = 20 * time.Millisecond
	slow, err := draw.Parse("uniform(20ms,25ms)")
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []server.Mode{server.Echo, server.HTTP, server.WebSocket, server.Redis, server.UDP} {
		r, done := load(t, rt, server.Config{Mode: mode, Seed: 1, Faults: server.Faults{Latency: slow}}, 40)
		// The histogram keeps three digits.
		if r.Succeeded != 40 || r.Failed != 0 || r.Latency.Min < int64(least-least/500) {
			t.Errorf("%v: %d succeeded, none faster than %v, errors %v", mode, r.Succeeded, time.Duration(r.Latency.Min), r.ErrorExamples)
		}
		if mode != server.Echo && done.Requests != r.Requests {
			t.Errorf("%v: %d requests, and the server has answered %d", mode, r.Requests, done.Requests)
		}
		kind := map[server.Mode]string{server.Echo: "wrong_echo", server.HTTP: "http_5xx", server.WebSocket: "eof", server.Redis: "error_reply", server.UDP: "lost"}[mode]
		r, _ = load(t, rt, server.Config{Mode: mode, Seed: 1, Faults: server.Faults{Errors: 1}}, 4)
		if r.Errors[kind] != 4 || r.Succeeded != 0 {
			t.Errorf("%v that answers errors: %v, want %s", mode, r.Errors, kind)
		}
	}
	r, done := load(t, rt, server.Config{Mode: server.HTTP, Seed: 1, Faults: server.Faults{Errors: 0.3}}, 400)
	if n := r.Errors["http_5xx"]; r.Requests != 400 || done.Requests != 400 || n != r.StatusCodes["500"] || n < 60 || n > 180 || r.Succeeded != 400-n {
		t.Errorf("of %d requests %d failed and %d succeeded, of which the server saw %d", r.Requests, n, r.Succeeded, done.Requests)
	}
}

// load puts n requests on a server, and returns the report and what the server has counted.
func load(t *testing.T, rt *sched.Runtime, config server.Config, n uint64) (*stats.Report, server.Counts) {
	t.Helper()
	s, err := server.Listen(rt, config, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target, err := engine.ParseTarget(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	c := engine.Config{Target: target, Connections: 4, Requests: n, Timeout: time.Minute, Size: 64}
	if config.Mode == server.HTTP {
		c.Method = "GET"
	}
	if config.Mode == server.UDP && config.Faults.Errors > 0 {
		c.Timeout = 50 * time.Millisecond
	}
	r, err := engine.Run(t.Context(), rt, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	return r, s.Counts()
}
