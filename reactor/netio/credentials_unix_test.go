//go:build (linux || darwin || freebsd) && !portable

package netio_test

import (
	"errors"
	"os"
	goruntime "runtime"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/reactor/netio"
)

// Both ends know one another, and TCP knows nobody.
func TestPeerCredentials(t *testing.T) {
	client, server := connect(t, listen(t, "unix", socketPath(t)))
	want := netio.Credentials{PID: os.Getpid(), UID: os.Getuid(), GID: os.Getgid()}
	if goruntime.GOOS == "freebsd" {
		want.PID = 0
	}
	for _, c := range []*netio.Conn{client, server} {
		if who, err := c.PeerCredentials(); who != want || err != nil {
			t.Errorf("it is %+v, %v", who, err)
		}
	}
	tcp, _ := pair(t)
	if _, err := tcp.PeerCredentials(); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Error(err)
	}
}
