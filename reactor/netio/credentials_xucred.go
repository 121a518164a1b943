//go:build (darwin || freebsd) && !portable

package netio

import "golang.org/x/sys/unix"

func peerCredentials(fd int) (Credentials, error) {
	x, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return Credentials{}, err
	}
	who := Credentials{UID: int(x.Uid)}
	if x.Ngroups > 0 { // the first is the effective one
		who.GID = int(x.Groups[0])
	}
	who.PID, err = peerPID(fd)
	return who, err
}
