//go:build !portable

package netio_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// What is not in memory is read on the pool, and then sent; a Drop meanwhile sends nothing.
func TestSendFileOfAColdFile(t *testing.T) {
	f, data := fileOf(t, 3<<20)
	cold := func() bool {
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
			t.Fatal(err)
		}
		var there unix.Cachestat_t // which, unlike a read that does not wait, has nothing read ahead
		if err := unix.Cachestat(uint(f.Fd()), &unix.CachestatRange{Len: uint64(len(data))}, &there, 0); err != nil {
			t.Skip("the system does not tell what is in memory: ", err)
		}
		return there.Cache == 0
	}
	if !cold() {
		t.Skip("the file stays in memory here")
	}
	client, server := pair(t)
	op := client.SendFile(f, 0, -1)
	if _, p := start[int64](t, &op); p.IsReady() || op.Sent() != 0 {
		t.Errorf("it did not wait for the disk: sent %d", op.Sent())
	}
	op.Drop()
	if _, err := server.TryRead(make([]byte, 1)); err != netio.ErrWouldBlock {
		t.Errorf("after a Drop: %v", err)
	}
	cold()
	all := received(t, server)
	if n, err := future.BlockOn[int64](future.Box(client.SendFile(f, 0, -1))); n != int64(len(data)) || err != nil {
		t.Errorf("sent %d, %v", n, err)
	}
	client.CloseWrite()
	if got := <-all; !bytes.Equal(got, data) {
		t.Errorf("%d bytes arrived", len(got))
	}
}

// Where the file system does not tell what is in memory.
func TestSendFileOfAFileInMemory(t *testing.T) {
	f, err := os.CreateTemp("/dev/shm", "netio")
	if err != nil {
		t.Skip(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	data := bytes.Repeat([]byte("some"), 100_000)
	f.Write(data)
	client, server := pair(t)
	all := received(t, server)
	must[int64](t, future.Box(client.SendFile(f, 0, -1)))
	client.CloseWrite()
	if got := <-all; !bytes.Equal(got, data) {
		t.Errorf("%d bytes arrived", len(got))
	}
}
