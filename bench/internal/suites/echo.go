package suites

import "fmt"

// The servers, of the kit unless they are examples/echo. {port} is filled in.
var servers = []struct {
	peer, style string
	command     []string
}{
	{peer: Magpie, style: "state"},
	{peer: MagpieAsync, style: "async"},
	{peer: "c-epoll", command: []string{"build/epollserv", "echo", "{port}"}},
	{peer: "tokio", command: []string{"rust/target/release/tokio_echo", "{port}"}},
	{peer: "net", command: []string{"build/go/serve", "-impl", "net", "-port", "{port}"}},
	{peer: "netpoll", command: []string{"build/go/serve", "-impl", "netpoll", "-port", "{port}"}},
	{peer: "gnet", command: []string{"build/go/serve", "-impl", "gnet", "-port", "{port}"}},
	{peer: "nbio", command: []string{"build/go/serve", "-impl", "nbio", "-port", "{port}"}},
}

var echo = Suite{
	Name:    "echo",
	Doc:     "TCP echo of 64-byte messages over loopback (needs the kit)",
	Jobs:    echoJobs(),
	Targets: echoTargets(),
}

func echoJobs() (jobs []Job) {
	add := func(bench string, e Echo) {
		for _, s := range servers {
			e := e
			e.Server, e.Style = s.command, s.style
			jobs = append(jobs, Job{Bench: bench, Peer: s.peer, Echo: &e})
		}
	}
	for _, pinned := range []bool{true, false} {
		for _, conns := range []int{50, 1000, 8000} {
			add(echoName(pinned, conns), Echo{Pinned: pinned, Conns: conns})
		}
	}
	add("idle_8000", Echo{Pinned: true, Conns: 8000, Idle: true})
	return jobs
}

func echoName(pinned bool, conns int) string {
	if pinned {
		return fmt.Sprintf("echo_pinned_%d", conns)
	}
	return fmt.Sprintf("echo_free_%d", conns)
}

func echoTargets() (targets []Target) {
	for _, conns := range []int{50, 1000, 8000} {
		bench := echoName(true, conns)
		targets = append(targets,
			ratio(bench, "server_cpu", "c-epoll", 1),
			ratio(bench, "server_cpu", "tokio", 1),
			ratio(bench, "server_cpu", "net", .8),
			ratio(bench, "server_cpu", "netpoll", .8),
			Target{Bench: bench, Metric: "server_cpu", Peer: MagpieAsync, Against: Magpie, Bound: 1.1})
	}
	return append(targets,
		ratio("echo_pinned_1000", "p99", BestPeer, 1),
		Target{Bench: "echo_free_50", Metric: "rate", Against: "net", Bound: 1.3, AtLeast: true},
		Target{Bench: "echo_free_50", Metric: "rate", Against: BestPeer, Bound: 1, AtLeast: true},
		atMost("idle_8000", "rss_after_echo", 400))
}
