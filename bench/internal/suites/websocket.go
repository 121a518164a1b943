package suites

import "fmt"

// WebSocket is a WebSocket server under wsload.
type WebSocket struct {
	Server []string // of the kit, {port} is filled in; nil: wsserver
	All    bool     // each message is sent to all connections instead of back
	Pinned bool     // the server to core 1, the client to core 0
	Conns  int
}

// broadcastConns is how many connections get what is sent to all. Server and client, which are two processes, have a
// descriptor each for them.
const broadcastConns = 10_000

const (
	gobwas       = "gobwas"
	gobwasWsutil = "gobwas-wsutil" // as in its README, without buffers
	gobwasLoop   = "gobwas-loop"   // without a queue for each connection
)

var webSocket = Suite{
	Name:    "ws",
	Doc:     "WebSocket over loopback, messages of 64 bytes: echo on 50 and 500 connections, and what one of 10,000 sends to all of them (needs wsload of the kit)",
	Jobs:    webSocketJobs(),
	Targets: webSocketTargets(),
}

func webSocketName(pinned bool, conns int) string {
	if pinned {
		return fmt.Sprintf("ws_pinned_%d", conns)
	}
	return fmt.Sprintf("ws_free_%d", conns)
}

func toAllName(pinned bool) string {
	if pinned {
		return fmt.Sprintf("ws_all_pinned_%d", broadcastConns)
	}
	return fmt.Sprintf("ws_all_free_%d", broadcastConns)
}

func webSocketJobs() (jobs []Job) {
	add := func(bench string, w WebSocket, impls ...string) {
		jobs = append(jobs, Job{Bench: bench, Peer: Magpie, WebSocket: &w})
		for _, impl := range impls {
			theirs := w
			theirs.Server = []string{"build/go/websocket", "-impl", impl, "-port", "{port}"}
			if w.All {
				theirs.Server = append(theirs.Server, "-all")
			}
			jobs = append(jobs, Job{Bench: bench, Peer: impl, WebSocket: &theirs})
		}
	}
	for _, pinned := range []bool{true, false} {
		for _, conns := range []int{50, 500} {
			add(webSocketName(pinned, conns), WebSocket{Pinned: pinned, Conns: conns}, gobwas, gobwasWsutil)
		}
		add(toAllName(pinned), WebSocket{Pinned: pinned, Conns: broadcastConns, All: true}, gobwas, gobwasLoop)
	}
	return jobs
}

func webSocketTargets() []Target {
	return []Target{
		ratio(webSocketName(true, 50), "server_cpu", gobwas, .6),
		ratio(webSocketName(true, 500), "server_cpu", gobwas, .6),
		ratio(toAllName(true), "server_cpu", gobwas, .5),
	}
}
