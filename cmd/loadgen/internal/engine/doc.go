// Package engine puts a load on a server: one task per connection, each a state machine
// that sends requests, waits for the whole reply of each and counts it. What is spoken is
// behind one seam (protocol.go), when requests begin is said by a Load (load.go).
//
// A connection goes through these states; every arrow that ends in "back off" counts a
// failure, and so does a timeout, which leads there from wherever the time is up:
//
//	idle ──> dialing ──> greeting ──> open ──> idle      closed by rule, or by the server between requests
//	  │         │           │           │
//	  │         └──> back off <─────────┘ ──> idle       refused, reset, wrong reply …
//	  └──> over                                          time is up, or all requests sent
//
// dialing has the handshake of TLS in it, and greeting is what some protocols say before the first request: an upgrade, a
// password, settings.
//
// In steady state a request of a connection that has one at a time costs two system calls (a write and a read), two readings
// of the clock and no allocation. Latencies go to the stats.Shard of the worker that
// polled last.
package engine
