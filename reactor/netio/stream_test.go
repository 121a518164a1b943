package netio_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// The readers and writers of the standard library work in an async function.
func TestStreamUnderBufioAndCopy(t *testing.T) {
	client, server := pair(t)
	served := make(chan error, 1)
	go func() {
		_, err := future.BlockOn(future.Async(func(co *future.Co) (int64, error) {
			s := netio.NewStream(co, server)
			defer s.Close()
			return io.Copy(s, s)
		}))
		served <- err
	}()
	const lines = 2000
	got, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		s := netio.NewStream(co, client)
		defer s.Close()
		w := bufio.NewWriter(s)
		r := bufio.NewScanner(s)
		n := 0
		for ; n < lines; n++ {
			fmt.Fprintf(w, "line %d\n", n)
			if err := w.Flush(); err != nil {
				return n, err
			}
			if !r.Scan() || r.Text() != fmt.Sprintf("line %d", n) {
				return n, fmt.Errorf("read %q, %v", r.Text(), r.Err())
			}
		}
		return n, s.CloseWrite()
	}))
	if err != nil || got != lines {
		t.Errorf("%d lines came back: %v", got, err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestStreamDeadline(t *testing.T) {
	client, _ := pair(t)
	_, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		s := netio.NewStream(co, client)
		if err := s.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			return 0, err
		}
		return s.Read(make([]byte, 1))
	}))
	if !os.IsTimeout(err) {
		t.Fatalf("read: %v; want a timeout", err)
	}
}

// An async function that is dropped while its stream reads gives up the read, and the
// connection serves on.
func TestStreamOfADroppedFunction(t *testing.T) {
	client, server := pair(t)
	f := future.Async(func(co *future.Co) (int, error) {
		return netio.NewStream(co, client).Read(make([]byte, 1))
	})
	parked(t, f)
	future.Drop(f)
	must[int](t, future.Box(server.WriteAll([]byte("x"))))
	readFull(t, client, 1)
}
