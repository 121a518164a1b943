package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"time"
)

// A server for light requests prints its address, echoes messages of LightSize bytes on every
// connection, and ends with its standard input. A message that begins with LightBusy
// begins, beside the connection's task and where that one is, a task of long polls, one after
// the other.
const (
	LightSize = 64
	LightBusy = 'b'

	lightConns = 16
	lightPause = 2 * time.Millisecond // of a connection between two requests
)

// ServeLight is a server's main part: it prints the address and returns at the end of the input.
func ServeLight(addr net.Addr) {
	fmt.Println(addr)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// Spin computes for d: a long poll.
func Spin(d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}

// LightRequests sends requests on some connections, a request at a time on each, for a fifth of d
// unmeasured and then for d, and returns how long each took, in nanoseconds, sorted.
func LightRequests(ctx context.Context, addr string, d time.Duration) ([]int64, error) {
	conns := make([]net.Conn, lightConns)
	for i := range conns {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		defer context.AfterFunc(ctx, func() { c.Close() })()
		if _, err := request(c, 0); err != nil { // whose it is has been settled
			return nil, err
		}
		conns[i] = c
	}
	if _, err := request(conns[0], LightBusy); err != nil {
		return nil, err
	}
	from := time.Now().Add(d / 5)
	until := from.Add(d)
	var wg sync.WaitGroup
	took, errs := make([][]int64, len(conns)), make([]error, len(conns))
	for i, c := range conns {
		wg.Go(func() {
			for now := time.Now(); now.Before(until) && errs[i] == nil; now = time.Now() {
				var t time.Duration
				if t, errs[i] = request(c, 0); now.After(from) {
					took[i] = append(took[i], int64(t))
				}
				time.Sleep(lightPause)
			}
		})
	}
	wg.Wait()
	all := slices.Concat(took...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("no light request has ended in time")
	}
	slices.Sort(all)
	return all, nil
}

// request sends a message and waits for its echo.
func request(c net.Conn, first byte) (time.Duration, error) {
	var message [LightSize]byte
	message[0] = first
	begin := time.Now()
	if _, err := c.Write(message[:]); err != nil {
		return 0, err
	}
	if _, err := io.ReadFull(c, message[:]); err != nil {
		return 0, err
	}
	return time.Since(begin), nil
}
