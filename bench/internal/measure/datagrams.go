package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A server of datagrams prints its address, echoes until its standard input ends, and then emits the CPU time of one.
const (
	DatagramSize = 64

	datagramPeers  = 4
	datagramWindow = 32 // under way for each peer
)

// ServeDatagrams is such a server's main part; echoed counts what it has sent back.
func ServeDatagrams(r *Run, addr net.Addr, echoed *atomic.Int64) {
	fmt.Println(addr)
	_, _ = io.Copy(io.Discard, os.Stdin)
	n := max(echoed.Load(), 1)
	r.Emit("server_cpu", float64(CPU().Nanoseconds())/float64(n)/1e3, "us")
}

// SendDatagrams sends datagrams to such a server for d, by several peers, each so many at a time, and returns how many
// came back.
func SendDatagrams(ctx context.Context, addr string, d time.Duration) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var back atomic.Int64
	var peers sync.WaitGroup
	errs := make([]error, datagramPeers)
	for i := range errs {
		peers.Go(func() { errs[i] = sendDatagrams(ctx, addr, &back) })
	}
	peers.Wait()
	return back.Load(), errors.Join(errs...)
}

// lostAfter is when what has not come back is taken for lost: datagrams may be.
const lostAfter = 20 * time.Millisecond

func sendDatagrams(ctx context.Context, addr string, back *atomic.Int64) error {
	c, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	out, in := make([]byte, DatagramSize), make([]byte, DatagramSize)
	for ctx.Err() == nil {
		for range datagramWindow {
			if _, err := c.Write(out); err != nil {
				return err
			}
		}
		if err := c.SetReadDeadline(time.Now().Add(lostAfter)); err != nil {
			return err
		}
		for range datagramWindow {
			if _, err := c.Read(in); errors.Is(err, os.ErrDeadlineExceeded) {
				break
			} else if err != nil {
				return err
			}
			back.Add(1)
		}
	}
	return nil
}
