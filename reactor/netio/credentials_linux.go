//go:build !portable

package netio

import "golang.org/x/sys/unix"

func peerCredentials(fd int) (Credentials, error) {
	u, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return Credentials{}, err
	}
	return credentialsOf(u), nil
}

func credentialsOf(u *unix.Ucred) Credentials {
	return Credentials{PID: int(u.Pid), UID: int(u.Uid), GID: int(u.Gid)}
}
