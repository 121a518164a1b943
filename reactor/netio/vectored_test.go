package netio_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
)

var (
	_ aio.VectoredWriter = (*netio.Conn)(nil)
	_ aio.VectoredWriter = (*netio.Writer)(nil)
)

// pieces cuts data into buffers of 0 to most bytes.
func pieces(data []byte, most int) (bufs [][]byte) {
	for len(data) > 0 {
		n := min(rand.IntN(most+1), len(data))
		bufs = append(bufs, data[:n:n])
		data = data[n:]
	}
	return bufs
}

// More buffers than one call takes, more bytes than the peer's buffer holds, and empty ones among them: all arrive
// in their order.
func TestWriteBuffers(t *testing.T) {
	for network, address := range networks(t) {
		client, server := connect(t, listen(t, network, address))
		data := random(1 << 20)
		for _, most := range []int{100_000, 1_000} {
			wrote := make(chan error, 1)
			go func() {
				n, err := future.BlockOn[int](future.Box(client.WriteBuffers(pieces(data, most))))
				if err == nil && n != len(data) {
					err = io.ErrShortWrite
				}
				wrote <- err
			}()
			got := make([]byte, 0, len(data))
			room := make([]byte, 3_000)
			for len(got) < len(data) {
				n := must[int](t, future.Box(server.ReadBuffers(pieces(room, 500))))
				got = append(got, room[:n]...)
			}
			if !bytes.Equal(got, data) {
				t.Fatalf("%s: pieces of up to %d: other bytes arrived", network, most)
			}
			if err := <-wrote; err != nil {
				t.Errorf("%s: pieces of up to %d: %v", network, most, err)
			}
		}
	}
}

func TestWriteBuffersOfNothing(t *testing.T) {
	client, server := pair(t)
	for _, bufs := range [][][]byte{nil, {nil}, {{}, nil}} {
		if n, err := await[int](t, future.Box(client.WriteBuffers(bufs))); n != 0 || err != nil {
			t.Errorf("of %v: %d, %v", bufs, n, err)
		}
		if n, err := await[int](t, future.Box(server.ReadBuffers(bufs))); n != 0 || err != nil {
			t.Errorf("into %v: %d, %v", bufs, n, err)
		}
	}
	client.Close()
	mustFail[int](t, future.Box(client.WriteBuffers([][]byte{{1}})), net.ErrClosed)
	if n, err := await[int](t, future.Box(server.ReadBuffers([][]byte{make([]byte, 1)}))); n != 0 || err != io.EOF {
		t.Errorf("after the peer's end: %d, %v", n, err)
	}
}

// A read that was dropped while it waits leaves what comes to the next one.
func TestDroppedReadBuffers(t *testing.T) {
	client, server := pair(t)
	op := client.ReadBuffers([][]byte{make([]byte, 4)})
	parked[int](t, &op)
	op.Drop()
	next := parked[int](t, future.Box(client.ReadBuffers([][]byte{make([]byte, 4)})))
	must[int](t, future.Box(server.WriteAll([]byte("data"))))
	if n, err := next.end(); n != 4 || err != nil {
		t.Errorf("the next read %d, %v", n, err)
	}
}

// What was written before a drop is told, and the next write may follow.
func TestDroppedWriteBuffers(t *testing.T) {
	client, server := pair(t)
	op := client.WriteBuffers([][]byte{make([]byte, 8<<20), make([]byte, 1)})
	parked[int](t, &op)
	mustPanic[int](t, future.Box(client.WriteBuffers([][]byte{{1}})), "a second write")
	op.Drop()
	n := op.Written()
	if n == 0 || n >= 8<<20 {
		t.Fatalf("%d bytes were written", n)
	}
	read := make(chan int64, 1)
	go func() {
		n, err := future.BlockOn(future.Box(aio.Copy(aio.Sink, server, nil)))
		if err != nil {
			t.Error(err)
		}
		read <- n
	}()
	must[int](t, future.Box(client.WriteBuffers([][]byte{{1}, {2}})))
	client.CloseWrite()
	if got := <-read; got != int64(n)+2 {
		t.Errorf("%d bytes arrived of %d", got, n+2)
	}
}

func TestPipesTakeSeveralBuffers(t *testing.T) {
	r, w, err := netio.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	n := must[int](t, future.Box(aio.WriteVectored(w, [][]byte{[]byte("he"), nil, []byte("llo")})))
	buf := make([]byte, 8)
	if got := must[int](t, future.Box(r.Read(buf))); n != 5 || string(buf[:got]) != "hello"[:got] {
		t.Errorf("wrote %d, read %q", n, buf[:got])
	}
}
