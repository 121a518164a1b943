package engine

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/future"
)

// silent returns an address that answers no SYN: the queue of its listener is full.
func silent(t *testing.T) string {
	t.Helper()
	open := func() int {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = unix.Close(fd) })
		return fd
	}
	l := open()
	if err := unix.Bind(l, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(l, 0); err != nil {
		t.Fatal(err)
	}
	sa, err := unix.Getsockname(l)
	if err != nil {
		t.Fatal(err)
	}
	at := sa.(*unix.SockaddrInet4)
	for range 4 {
		if err := unix.Connect(open(), at); err != nil && err != syscall.EINPROGRESS {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("127.0.0.1:%d", at.Port)
}

// A silent address takes its share of the time, and the next one is tried; later
// connections begin with the one that answered.
func TestConnLeavesASilentAddress(t *testing.T) {
	dead, open := silent(t), serve(t, copyBack)
	load := config(t, "tcp://name:1", 5)
	load.Timeout = 400 * time.Millisecond
	for _, c := range []struct {
		name              string
		addresses         []string
		succeeded, failed uint64
		address           uint32
	}{
		{"the second answers", []string{dead, open}, 5, 0, 1},
		{"none answers", []string{dead, dead}, 0, 5, 0},
	} {
		r := newPart(t, &load, c.addresses...)
		r.limited = true
		r.tries.Store(5)
		r.phase.Store(measuring)
		if _, err := future.BlockOn[future.Unit](r.newConn(0, 0)); err != nil {
			t.Fatal(err)
		}
		var report stats.Report
		report.Fill(stats.Merge(r.shards[0].shard), time.Second, stats.Usage{})
		if report.Succeeded != c.succeeded || report.Errors["timeout"] != c.failed || r.address.Load() != c.address {
			t.Errorf("%s: %d succeeded, errors %v, address %d", c.name, report.Succeeded, report.ErrorExamples, r.address.Load())
		}
		if c.failed > 0 && !strings.Contains(report.ErrorExamples["timeout"], "none of 2 addresses") {
			t.Errorf("%s: told as %q", c.name, report.ErrorExamples["timeout"])
		}
	}
}
