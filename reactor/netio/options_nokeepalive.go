//go:build openbsd || dragonfly

package netio

import "errors"

func setKeepAliveIdle(int, int) error     { return errors.ErrUnsupported }
func setKeepAliveInterval(int, int) error { return errors.ErrUnsupported }
func setKeepAliveCount(int, int) error    { return errors.ErrUnsupported }
