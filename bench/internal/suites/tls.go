package suites

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
	"github.com/magpie-go/magpie/bench/internal/work"
)

// The clients, goroutines with crypto/tls in the same process, are part of the figures of both, so a ratio here is nearer to 1 than the
// servers' own. docs/servers.md has those.
var secure = Suite{
	Name: "tls",
	Doc:  "TLS 1.3 over loopback: round trips of 64 bytes on 16 connections, and connections with their handshakes",
	Jobs: slices.Concat(
		versus("tls_echo", onmagpie.TLS(work.EchoTLS), ongo.TLS(work.EchoTLS)),
		versus("tls_handshake", onmagpie.TLS(work.HandshakeTLS), ongo.TLS(work.HandshakeTLS)),
	),
	Targets: []Target{
		ratio("tls_echo", "cpu", Go, 1.05),
		ratio("tls_handshake", "cpu", Go, 1),
	},
}
