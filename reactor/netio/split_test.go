package netio_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// The halves of a connection serve two threads, and close it together.
func TestHalvesOfAConnection(t *testing.T) {
	client, server := pair(t)
	r, w := client.Split()
	const size = 1 << 20
	var both sync.WaitGroup
	both.Go(func() {
		if n, err := future.BlockOn(future.Box(w.WriteAll(make([]byte, size)))); n != size || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
		if err := w.Close(); err != nil {
			t.Errorf("closing the writer: %v", err)
		}
		if err := w.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closing it twice: %v", err)
		}
	})
	both.Go(func() {
		p := make([]byte, 1<<16)
		echoed := 0
		for {
			n, err := future.BlockOn(future.Box(r.Read(p)))
			echoed += n
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Errorf("reading: %v", err)
				break
			}
		}
		if echoed != size {
			t.Errorf("%d of %d bytes came back", echoed, size)
		}
	})
	future.BlockOn[future.Unit](&echo{conn: server})
	both.Wait()
	if _, err := future.BlockOn(future.Box(w.Write([]byte("x")))); err == nil {
		t.Error("a closed writer writes")
	}
	if err := r.Close(); err != nil {
		t.Errorf("closing the reader: %v", err)
	}
	if err := client.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the connection is closed with its halves: %v", err)
	}
	for name, f := range map[string]func(){
		"Reader": func() { new(netio.Reader).Read(nil) },
		"Writer": func() { new(netio.Writer).Close() },
	} {
		func() {
			defer func() {
				if v := recover(); v != "netio: a nil or zero "+name+": Conn.Split makes them" {
					t.Errorf("%s: %v", name, v)
				}
			}()
			f()
		}()
	}
}
