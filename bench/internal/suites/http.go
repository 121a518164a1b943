package suites

import (
	"fmt"
	"slices"
)

// HTTP is a web server under wrk. The server's CPU time a request is what counts: where client and server have a core each,
// the rate tells which of them is the slower one.
type HTTP struct {
	Server []string // of the kit, {port} is filled in; nil: examples/http, or nginx if Nginx is set
	Nginx  bool     // the nginx that is installed
	Path   string
	Pinned bool // the server to core 1, the client to core 0
	Conns  int
	Deep   int  // requests sent together
	JSON   bool // an order of 1 KB is posted
	Attack *Attack
}

// Attack is what others do to the server meanwhile.
type Attack struct {
	Slow  int // connections that send a line of a header now and then
	Flood int // connections a second that are opened and reset
	Deaf  int // connections that ask, and never read
}

var webServers = []struct {
	peer    string
	nginx   bool
	command []string
}{
	{peer: Magpie},
	{peer: "c-epoll", command: []string{"build/epollserv", "http", "{port}"}},
	{peer: "nginx", nginx: true},
	{peer: "fasthttp", command: []string{"build/go/serve", "-impl", "fasthttp", "-port", "{port}"}},
	{peer: "net-http", command: []string{"build/go/serve", "-impl", "net-http", "-port", "{port}", "-root", "{dir}/files"}},
}

var web = Suite{
	Name:    "http",
	Doc:     "HTTP/1.1 over loopback, by wrk: a greeting of 13 bytes, one at a time and 16 deep, JSON of 1 KB, files, and a greeting under attack (needs wrk; for the peers nginx and the kit)",
	Jobs:    webJobs(),
	Targets: webTargets(),
}

func webJobs() (jobs []Job) {
	add := func(bench string, h HTTP, peers ...string) {
		for _, s := range webServers {
			if len(peers) > 0 && !slices.Contains(peers, s.peer) {
				continue
			}
			h := h
			h.Server, h.Nginx = s.command, s.nginx
			if s.peer != Magpie && (h.Path == "/hello" || h.Path == "/std/") {
				h.Path = "/"
			}
			jobs = append(jobs, Job{Bench: bench, Peer: s.peer, HTTP: &h})
		}
	}
	for _, pinned := range []bool{true, false} {
		for _, conns := range []int{50, 500} {
			add(webName(pinned, conns), HTTP{Path: "/hello", Pinned: pinned, Conns: conns, Deep: 1})
		}
	}
	add("http_deep_50", HTTP{Path: "/hello", Pinned: true, Conns: 50, Deep: 16})
	add("http_handler_50", HTTP{Path: "/std/", Pinned: true, Conns: 50, Deep: 1}, Magpie, "net-http") // an http.Handler, on a goroutine
	add("http_json_50", HTTP{Path: "/json", Pinned: true, Conns: 50, Deep: 1, JSON: true}, Magpie, "fasthttp", "net-http")
	for _, size := range []string{"64k", "1m"} {
		add("http_file_"+size, HTTP{Path: "/files/" + size, Pinned: true, Conns: 50, Deep: 1}, Magpie, "nginx", "net-http")
	}
	for _, a := range webAttacks {
		add(a.bench, HTTP{Path: "/hello", Pinned: true, Conns: 50, Deep: 1, Attack: &a.Attack}, Magpie, "nginx")
	}
	return jobs
}

var webAttacks = []struct {
	bench string
	Attack
}{
	{"http_slow_10000", Attack{Slow: 10_000}},
	{"http_flood_2000", Attack{Flood: 2_000}},
	{"http_deaf_1000", Attack{Deaf: 1_000}},
}

func webName(pinned bool, conns int) string {
	if pinned {
		return fmt.Sprintf("http_pinned_%d", conns)
	}
	return fmt.Sprintf("http_free_%d", conns)
}

func webTargets() (targets []Target) {
	for _, conns := range []int{50, 500} {
		bench := webName(true, conns)
		targets = append(targets,
			ratio(bench, "server_cpu", "nginx", .9),
			ratio(bench, "server_cpu", "fasthttp", .75),
			ratio(bench, "server_cpu", "net-http", .45),
			ratio(bench, "server_cpu", "c-epoll", 1.1))
	}
	for _, a := range webAttacks {
		targets = append(targets, Target{Bench: a.bench, Metric: "p99", Base: webName(true, 50), Bound: 2}, atMost(a.bench, "peak_rss", 200))
	}
	return append(targets,
		ratio("http_deep_50", "server_cpu", "fasthttp", .5),
		ratio("http_handler_50", "server_cpu", "net-http", 1),
		ratio("http_json_50", "server_cpu", "fasthttp", .8),
		ratio("http_file_64k", "server_cpu", "nginx", 1),
		ratio("http_file_1m", "server_cpu", "nginx", 1))
}
