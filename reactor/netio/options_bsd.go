//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import "errors"

func setUserTimeout(int, int) error { return errors.ErrUnsupported }
func setQuickAck(int, int) error    { return errors.ErrUnsupported }
func setMark(int, int) error        { return errors.ErrUnsupported }
func setDeferAccept(int, int) error { return errors.ErrUnsupported }
func setFastOpen(int, int) error    { return errors.ErrUnsupported }
func connectFast(int) error         { return errors.ErrUnsupported }
