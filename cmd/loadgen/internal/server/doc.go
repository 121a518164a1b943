// Package server is what "loadgen serve" runs: an echo server and a small HTTP/1.1
// server that always gives the same answer, one task per connection.
//
// Neither holds more than it has room for: a connection reads on only when what it has
// to say is sent, so a client that does not read waits, and costs one buffer.
package server
