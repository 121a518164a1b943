// Package suites is the benchmarks as tables: which programs there are, who runs them,
// and what figures they are to reach. A suite is one file with one table, named in All.
package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// Suite is a set of benchmarks and the targets for them.
type Suite struct {
	Name    string
	Doc     string // one line, for -list
	Jobs    []Job
	Targets []Target
}

// Job is one command of a repetition: a program of ours in a process of its own, a
// program of the peers' kit, or a server of either under load. Exactly one of Run, Kit,
// Echo, HTTP, KV, Proxy, WebSocket and Compile is set.
type Job struct {
	Bench string // "" for a kit program, which names its own
	Peer  string

	// Run is a program of ours.
	Run func(*measure.Run)
	// Alone says that Run has to have its process to itself, as it measures that: it is
	// left out of go test -bench.
	Alone bool

	// Kit is a program of the peers' kit, a path inside it, and its arguments.
	Kit []string
	// Emits is which benchmarks that program prints, of those that are wanted. It runs once
	// for all jobs that name it with the same arguments.
	Emits []string
	// As is the peers that it prints them for, where that is not Peer.
	As []string

	Echo *Echo
	HTTP *HTTP

	KV *KV

	Proxy *Proxy

	WebSocket *WebSocket

	Compile *Compile

	// Served says that the program of Run or Kit is a server of light requests, see
	// measure.LightRequests, and that the runner is to be their client.
	Served bool
	// Idle says it of a server of idle connections.
	Idle *Idle
	// Datagrams says the same of a server of datagrams, see measure.ServeDatagrams, which then has one core.
	Datagrams bool
}

// Benches returns the names of the benchmarks that the job prints.
func (j Job) Benches() []string {
	if j.Bench != "" {
		return []string{j.Bench}
	}
	return j.Emits
}

// Peers returns the names of the peers that the job prints.
func (j Job) Peers() []string {
	if j.As != nil {
		return j.As
	}
	return []string{j.Peer}
}

func (j Job) String() string { return strings.Join(j.Benches(), "+") + "/" + j.Peer }

// Echo is a TCP echo server under echoload.
type Echo struct {
	Server []string // of the kit; nil: examples/echo
	Style  string   // of examples/echo
	Pinned bool     // the server to core 1, the client to core 0
	Conns  int
	Idle   bool // the memory of idle connections instead of load
	Bytes  bool // which is printed as the metric bytes
}

// BestPeer as Target.Against stands for whichever other peer is best in a repetition.
const BestPeer = "best peer"

// Target is a bound on a figure, or on its ratio to another one.
type Target struct {
	Bench, Metric string
	Peer          string // magpie, if empty
	// Against is the peer to which the ratio is taken, [BestPeer], or empty for the figure
	// itself.
	Against string
	// Base is the benchmark to which the ratio is taken, Bench if empty; with Base alone
	// it is the same peer's.
	Base    string
	Bound   float64
	AtLeast bool // the bound is a lower one
	Over    bool // the difference is bounded instead of the ratio
}

// OrDefault returns the target with its empty fields filled in.
func (t Target) OrDefault() Target {
	if t.Peer == "" {
		t.Peer = Magpie
	}
	switch {
	case t.Base != "" && t.Against == "":
		t.Against = t.Peer
	case t.Base == "":
		t.Base = t.Bench
	}
	return t
}

// All returns every suite.
func All() []Suite {
	return []Suite{sched, deques, wake, memory, timer, side, growth, pools, forkJoin, parallel, mixed, echo, udp, web, webSocket, secure, async, coord, keyValue, proxies, idle}
}

// Names returns the names of all suites.
func Names() []string {
	var names []string
	for _, s := range All() {
		names = append(names, s.Name)
	}
	return names
}

// Select returns the suites with those names, in the order of All.
func Select(names []string) ([]Suite, error) {
	known := Names()
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, fmt.Errorf("no suite %q; there are %s", n, strings.Join(known, ", "))
		}
	}
	var selected []Suite
	for _, s := range All() {
		if slices.Contains(names, s.Name) {
			selected = append(selected, s)
		}
	}
	return selected, nil
}

// Find returns the job that runs a program of ours.
func Find(bench, peer string) (Job, bool) {
	for _, s := range All() {
		for _, j := range s.Jobs {
			if j.Run != nil && j.Bench == bench && j.Peer == peer {
				return j, true
			}
		}
	}
	return Job{}, false
}

// versus is a benchmark on magpie and on goroutines.
func versus(bench string, magpie, goroutines func(*measure.Run)) []Job {
	return []Job{
		{Bench: bench, Peer: Magpie, Run: magpie},
		{Bench: bench, Peer: Go, Run: goroutines},
	}
}

// alone makes jobs have their process to themselves.
func alone(jobs []Job) []Job {
	for i := range jobs {
		jobs[i].Alone = true
	}
	return jobs
}

// ratio is an upper bound on the ratio to a peer.
func ratio(bench, metric, against string, bound float64) Target {
	return Target{Bench: bench, Metric: metric, Against: against, Bound: bound}
}

// atMost is an upper bound on the figure itself.
func atMost(bench, metric string, bound float64) Target {
	return Target{Bench: bench, Metric: metric, Bound: bound}
}
