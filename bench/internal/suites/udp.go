package suites

import (
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

var udp = Suite{
	Name: "udp",
	Doc:  "UDP echo of 64-byte datagrams over loopback, the server on one core",
	Jobs: datagramJobs(),
	Targets: []Target{
		ratio("udp_echo_128", "server_cpu", "net", .6),
	},
}

func datagramJobs() []Job {
	const name = "udp_echo_128" // under way at once
	return []Job{
		{Bench: name, Peer: Magpie, Run: onmagpie.Datagrams, Alone: true, Datagrams: true},
		{Bench: name, Peer: "net", Run: ongo.Datagrams, Alone: true, Datagrams: true},
	}
}
