package suites

import "fmt"

// Proxy is a TCP proxy between echoload and an echo server, which are one program on one core: what is measured is the
// proxy's CPU time.
type Proxy struct {
	Server  []string // of the kit, {port} and {upstream} are filled in; nil: examples/proxy, or haproxy if HAProxy is set
	HAProxy bool     // the haproxy that is installed, with one thread
	Size    int      // bytes of a message
}

var proxies = Suite{
	Name:    "proxy",
	Doc:     "TCP proxy over loopback: a round trip of 64 B and of 64 KB on 50 connections, the proxy on a core of its own (needs echoload of the kit; for the peers haproxy and the kit)",
	Jobs:    proxyJobs(),
	Targets: proxyTargets(),
}

const (
	haproxy = "haproxy"
	ioCopy  = "io-copy"
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
	return jobs
}

func proxyTargets() (targets []Target) {
	for _, size := range proxySizes {
		targets = append(targets, ratio(proxyName(size), "server_cpu", haproxy, .8), ratio(proxyName(size), "server_cpu", ioCopy, .5))
	}
	return targets
}
