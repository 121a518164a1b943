//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"errors"
	"net"
	"net/netip"
)

func setPacketBuffer(int, bool, int) error                  { return errors.ErrUnsupported }
func setBroadcast(int, bool) error                          { return errors.ErrUnsupported }
func setHops(int, int, bool) error                          { return errors.ErrUnsupported }
func setMulticastLoop(int, bool) error                      { return errors.ErrUnsupported }
func setMulticastInterface(int, *net.Interface) error       { return errors.ErrUnsupported }
func setMember(int, netip.Addr, *net.Interface, bool) error { return errors.ErrUnsupported }
