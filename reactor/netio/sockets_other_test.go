//go:build !linux

package netio_test

import "testing"

// openSockets returns 0: they cannot be counted here.
func openSockets(*testing.T) int { return 0 }
