//go:build unix && !(explore && linux && !portable)

package reactor

import "golang.org/x/sys/unix"

// closeDescriptor closes fd. Its error is of no use to anybody: the descriptor is gone
// even then.
func closeDescriptor(fd int) { _ = unix.Close(fd) }
