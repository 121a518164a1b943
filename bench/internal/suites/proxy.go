package suites

import "fmt"

// Proxy is a proxy of TCP between echoload and an echo server, which are one program on one core, or of HTTP between wrk and epollserv: what is
// measured is the proxy's CPU time.
type Proxy struct {
	Server  []string // of the kit, {port} and {upstream} are filled in; nil: examples/proxy, or httpproxy, or what is installed
	HAProxy bool     // the haproxy that is installed, with one thread
	Nginx   bool     // the nginx that is installed, with one process
	HTTP    bool
	Size    int // bytes of a message, of TCP
}

var proxies = Suite{
	Name:    "proxy",
	Doc:     "proxies over loopback, on a core of their own: TCP, a round trip of 64 B and of 64 KB on 50 connections; HTTP, a greeting of 13 bytes (needs echoload, epollserv and wrk; for the peers haproxy, nginx and the kit)",
	Jobs:    proxyJobs(),
	Targets: proxyTargets(),
}

const (
	haproxy = "haproxy"
	ioCopy  = "io-copy"

	httpProxy    = "proxy_http"
	nginx        = "nginx"
	reverseProxy = "net-http" // its ReverseProxy
)

var proxySizes = []int{64, 64 << 10}

func proxyName(size int) string { return fmt.Sprintf("proxy_%d", size) }

func proxyJobs() (jobs []Job) {
	for _, size := range proxySizes {
		bench := proxyName(size)
		jobs = append(jobs,
			Job{Bench: bench, Peer: Magpie, Proxy: &Proxy{Size: size}},
			Job{Bench: bench, Peer: haproxy, Proxy: &Proxy{Size: size, HAProxy: true}},
			Job{Bench: bench, Peer: ioCopy, Proxy: &Proxy{Size: size, Server: []string{"build/go/iocopy", "{port}", "{upstream}"}}})
	}
	return append(jobs,
		Job{Bench: httpProxy, Peer: Magpie, Proxy: &Proxy{HTTP: true}},
		Job{Bench: httpProxy, Peer: nginx, Proxy: &Proxy{HTTP: true, Nginx: true}},
		Job{Bench: httpProxy, Peer: reverseProxy, Proxy: &Proxy{HTTP: true, Server: []string{"build/go/reverseproxy", "{port}", "{upstream}"}}})
}

func proxyTargets() (targets []Target) {
	for _, size := range proxySizes {
		targets = append(targets, ratio(proxyName(size), "server_cpu", haproxy, .8), ratio(proxyName(size), "server_cpu", ioCopy, .5))
	}
	return targets
}
