//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import "errors"

func setUserTimeout(int, int) error  { return errors.ErrUnsupported }
func setQuickAck(int, int) error     { return errors.ErrUnsupported }
func setMark(int, int) error         { return errors.ErrUnsupported }
func setTrafficClass(int, int) error { return errors.ErrUnsupported }
