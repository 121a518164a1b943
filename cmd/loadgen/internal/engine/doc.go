// Package engine runs a closed-loop load: one task per connection, each a state machine
// that sends a request, waits for the whole reply, counts it and goes on to the next.
//
// A connection goes through these states; every arrow that ends in "back off" counts a
// failure, and so does a timeout, which leads there from wherever the time is up:
//
//	idle ──> dialing ──> exchanging ──> idle          reply complete
//	  │         │            │
//	  │         └──> back off <──┘ ──> idle           refused, reset, wrong reply …
//	  └──> over                                       time is up, or all requests sent
//
// In steady state a request costs two system calls (a write and a read), two readings
// of the clock and no allocation. Latencies go to the stats.Shard of the worker that
// polled last.
package engine
