package stats

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// The errors that Windows returns are not those that package syscall names like Unix's.
var errnos = []struct {
	errno syscall.Errno
	kind  Kind
}{
	{windows.WSAECONNREFUSED, Refused},
	{windows.WSAENETUNREACH, Unreachable},
	{windows.WSAEHOSTUNREACH, Unreachable},
	{windows.WSAENETDOWN, Unreachable},
	{windows.WSAECONNRESET, Reset},
	{windows.WSAECONNABORTED, Reset},
	{windows.WSAETIMEDOUT, Timeout},
	{windows.WSAEMFILE, Descriptors},
	{windows.WSAENOBUFS, Descriptors},
	{windows.WSAEADDRNOTAVAIL, Ports},
}
