// Package server is what "loadgen serve" runs: servers of several protocols that always give
// the same answer, or send back what they get, one task per connection; and faults for them, in the course of time.
//
// Neither holds more than it has room for: a connection reads on only when what it has
// to say is sent, so a client that does not read waits, and costs one buffer.
package server
