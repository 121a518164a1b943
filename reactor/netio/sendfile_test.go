package netio_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
)

// fileOf returns an open file of n random bytes, and these.
func fileOf(t *testing.T, n int) (*os.File, []byte) {
	t.Helper()
	data := random(n)
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, data
}

// received reads a connection to its end, in the background; it fails, and has nothing, when patience is over.
func received(t *testing.T, c *netio.Conn) <-chan []byte {
	mustSet(t, c.SetReadDeadline, time.Now().Add(patience))
	all := make(chan []byte, 1)
	go func() {
		data, err := future.BlockOn(future.Box(aio.ReadAll(c, 64<<20)))
		if err != nil {
			t.Error(err)
			data = nil
		}
		all <- data
	}()
	return all
}

// onlyWriter is a connection that is not seen to be one, as under TLS.
type onlyWriter struct{ aio.Writer }

// Ranges of a file larger than what the socket holds, by the system and by a buffer.
func TestSendFile(t *testing.T) {
	f, data := fileOf(t, 5<<20)
	for network, address := range networks(t) {
		l := listen(t, network, address)
		for _, plain := range []bool{true, false} {
			for _, c := range []struct{ off, n, want int }{
				{0, len(data), len(data)}, {1, 10, 10}, {300_000, 700_000, 700_000}, {0, 0, 0},
				{len(data) - 5, -1, 5}, {4 << 20, -1, 1 << 20}, {len(data), -1, 0},
			} {
				client, server := connect(t, l)
				all := received(t, server)
				op := client.SendFile(f, int64(c.off), int64(c.n))
				if !plain {
					op = netio.SendFile(onlyWriter{client}, f, int64(c.off), int64(c.n))
				}
				n, err := future.BlockOn[int64](&op)
				client.CloseWrite()
				if got := <-all; err != nil || n != int64(c.want) || !bytes.Equal(got, data[c.off:c.off+c.want]) {
					t.Errorf("%s, plain %v, %+v: sent %d, %v; %d bytes arrived", network, plain, c, n, err, len(got))
				}
			}
		}
	}
	if at, err := f.Seek(0, io.SeekCurrent); at != 0 || err != nil {
		t.Errorf("the file's offset is %d, %v", at, err)
	}
}

func TestSendFileFails(t *testing.T) {
	f, data := fileOf(t, 1000)
	client, server := pair(t)
	all := received(t, server)
	op := client.SendFile(f, 0, 2000)
	n, err := await[int64](t, &op)
	if n != 1000 || !errors.Is(err, io.ErrUnexpectedEOF) || op.Sent() != 1000 {
		t.Errorf("of a short file: %d, %v, sent %d", n, err, op.Sent())
	}
	mustPanic[int64](t, &op, "SendFileOp polled after Ready")
	gone, _ := fileOf(t, 10)
	gone.Close()
	mustFail[int64](t, future.Box(client.SendFile(gone, 0, 10)), fs.ErrClosed)
	client.CloseWrite()
	if got := <-all; !bytes.Equal(got, data) {
		t.Errorf("%d bytes arrived", len(got))
	}
	client.Close()
	mustFail[int64](t, future.Box(client.SendFile(f, 0, 10)), net.ErrClosed)
}

// A peer that does not read: the operation waits, holds the turn, ends at the deadline, and tells what was sent.
func TestSendFileWaits(t *testing.T) {
	f, data := fileOf(t, 16<<20)
	client, server := pair(t)
	op := client.SendFile(f, 0, -1)
	k, p := start[int64](t, &op)
	for p.IsPending() && op.Sent() == 0 {
		<-k.woken
		p = op.Poll(&k.cx)
	}
	mustPanic[int](t, future.Box(client.Write(data)), "a second write")
	mustSet(t, client.SetWriteDeadline, time.Now().Add(time.Millisecond))
	if _, err := k.end(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	mustSet(t, client.SetWriteDeadline, time.Time{})
	sent := int(op.Sent())
	op = client.SendFile(f, int64(sent), -1)
	_, p = start[int64](t, &op)
	if p.IsReady() {
		t.Fatal(p.Result())
	}
	op.Drop()
	sent += int(op.Sent())
	all := received(t, server)
	client.CloseWrite()
	if got := <-all; !bytes.Equal(got, data[:sent]) {
		t.Errorf("%d bytes arrived of %d", len(got), sent)
	}
}

// A file that says it is empty and is not, as those of /proc, is read.
func TestSendFileOfAKind(t *testing.T) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	client, server := pair(t)
	all := received(t, server)
	n := must[int64](t, future.Box(client.SendFile(f, 0, -1)))
	client.CloseWrite()
	if got := <-all; len(got) != int(n) || !bytes.HasPrefix(got, []byte("Name:")) {
		t.Errorf("sent %d, %q", n, got)
	}
}
