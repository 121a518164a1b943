package netio

import "golang.org/x/sys/unix"

func setUserTimeout(fd, ms int) error {
	return setInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, ms)
}

func setQuickAck(fd, on int) error { return setInt(fd, unix.IPPROTO_TCP, unix.TCP_QUICKACK, on) }

func setMark(fd, mark int) error { return setInt(fd, unix.SOL_SOCKET, unix.SO_MARK, mark) }

// setDeferAccept and setFastOpen are for a socket that listens, connectFast for one that connects.
func setDeferAccept(fd, seconds int) error {
	return setInt(fd, unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, seconds)
}

func setFastOpen(fd, queue int) error {
	return setInt(fd, unix.IPPROTO_TCP, unix.TCP_FASTOPEN, queue)
}

func connectFast(fd int) error { return setInt(fd, unix.IPPROTO_TCP, unix.TCP_FASTOPEN_CONNECT, 1) }

const keepIdle = unix.TCP_KEEPIDLE
