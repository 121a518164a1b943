package netio_test

import "testing"

func openSockets(t *testing.T) int { return sockets(t) }
