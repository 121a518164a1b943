package suites

import (
	"fmt"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

// Idle is a server of idle connections, see measure.ServeIdle, each of which has had one answer.
type Idle struct {
	Protocol string // raw, http, ws or tls
	Conns    int
	// Active is how many of raw ones are then used in turns, with one message under way.
	Active int
}

const (
	idleConns = 5000
	fewConns  = 1000
	manyConns = 500_000
)

var idle = Suite{
	Name: "idle",
	Doc:  "user memory of an idle connection, raw, HTTP, WebSocket and TLS; latency of the hundredth part that is active, of 1,000 connections and of 500,000",
	Jobs: idleJobs(),
	Targets: []Target{
		atMost("idle_raw", "live", 320),
		atMost("idle_http", "live", 600),
		atMost("idle_ws", "live", 800),
		atMost("idle_tls", "live", 8<<10),
		{Bench: manyName(manyConns), Metric: "p99", Base: manyName(fewConns), Bound: 1.5},
	},
}

func manyName(conns int) string { return fmt.Sprintf("idle_of_%d", conns) }

func idleJobs() (jobs []Job) {
	add := func(bench, peer string, run func(*measure.Run), of Idle) {
		jobs = append(jobs, Job{Bench: bench, Peer: peer, Run: run, Alone: true, Idle: &of})
	}
	add("idle_raw", Magpie, onmagpie.IdleRaw, Idle{Protocol: "raw", Conns: idleConns})
	add("idle_raw", Go, ongo.IdleRaw, Idle{Protocol: "raw", Conns: idleConns})
	add("idle_http", Magpie, onmagpie.IdleHTTP, Idle{Protocol: "http", Conns: idleConns})
	add("idle_http", Go, ongo.IdleHTTP, Idle{Protocol: "http", Conns: idleConns})
	add("idle_ws", Magpie, onmagpie.IdleWebSocket, Idle{Protocol: "ws", Conns: idleConns})
	add("idle_tls", Magpie, onmagpie.IdleTLS, Idle{Protocol: "tls", Conns: idleConns})
	add("idle_tls", Go, ongo.IdleTLS, Idle{Protocol: "tls", Conns: idleConns})
	for _, n := range []int{fewConns, manyConns} {
		add(manyName(n), Magpie, onmagpie.IdleRaw, Idle{Protocol: "raw", Conns: n, Active: n / 100})
	}
	return jobs
}
