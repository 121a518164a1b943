//go:build portable || !(linux || darwin || freebsd)

package netio

import "errors"

// PeerCredentials fails on this build with errors.ErrUnsupported.
func (c *Conn) PeerCredentials() (Credentials, error) {
	c.check()
	return Credentials{}, c.fail("get", errors.ErrUnsupported)
}
