//go:build (linux || darwin || freebsd) && !portable

package netio

import (
	"fmt"
	"os"
	"syscall"
)

func (c *Conn) onUnix() error {
	if k := c.kind(); !k.isUnix() {
		return fmt.Errorf("a message on a socket of %s: want one of unix: %w", k.network(), syscall.EOPNOTSUPP)
	}
	return nil
}

// PeerCredentials returns who was at the other end of a Unix socket when it was connected: the system vouches for them. FreeBSD
// does not tell the process, so PID is 0 there. It is for Linux, macOS and FreeBSD; elsewhere it fails with errors.ErrUnsupported.
func (c *Conn) PeerCredentials() (Credentials, error) {
	c.check()
	if err := c.onUnix(); err != nil {
		return Credentials{}, c.fail("get", err)
	}
	var who Credentials
	err := c.call("get", func(fd int) (err error) {
		who, err = peerCredentials(fd)
		return os.NewSyscallError("getsockopt", err)
	})
	return who, err
}
