package suites

import "fmt"

// HTTP is a web server under wrk. The server's CPU time a request is what counts: where client and server have a core each,
// the rate tells which of them is the slower one.
type HTTP struct {
	Server []string // of the kit, {port} is filled in; nil: examples/http, or nginx if Nginx is set
	Nginx  bool     // the nginx that is installed
	Path   string
	Pinned bool // the server to core 1, the client to core 0
	Conns  int
	Deep   int // requests sent together
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
	{peer: "net-http", command: []string{"build/go/serve", "-impl", "net-http", "-port", "{port}"}},
}

var web = Suite{
	Name:    "http",
	Doc:     "HTTP/1.1 over loopback, by wrk: a greeting of 13 bytes, one at a time and 16 deep (needs wrk; for the peers nginx and the kit)",
	Jobs:    webJobs(),
	Targets: webTargets(),
}

func webJobs() (jobs []Job) {
	add := func(bench string, h HTTP) {
		for _, s := range webServers {
			h := h
			h.Server, h.Nginx = s.command, s.nginx
			if s.peer != Magpie {
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
	// By an http.Handler, on a goroutine.
	jobs = append(jobs,
		Job{Bench: "http_handler_50", Peer: Magpie, HTTP: &HTTP{Path: "/std/", Pinned: true, Conns: 50, Deep: 1}},
		Job{Bench: "http_handler_50", Peer: "net-http", HTTP: &HTTP{Server: []string{"build/go/serve", "-impl", "net-http", "-port", "{port}"},
			Path: "/", Pinned: true, Conns: 50, Deep: 1}})
	return jobs
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
	return append(targets,
		ratio("http_deep_50", "server_cpu", "fasthttp", .5),
		ratio("http_handler_50", "server_cpu", "net-http", 1))
}
