package netio_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor/netio"
)

// goPair is both ends of a connection for goroutines.
func goPair(t *testing.T) (client, server *netio.GoConn) {
	c, s := pair(t)
	return netio.NewGoConn(c), netio.NewGoConn(s)
}

// Goroutines read and write at the same time, in both directions.
func TestGoConnCarriesBytes(t *testing.T) {
	a, b := goPair(t)
	text := bytes.Repeat([]byte("0123456789"), 30_000)
	var wg sync.WaitGroup
	for _, from := range []*netio.GoConn{a, b} {
		wg.Go(func() {
			if n, err := from.Write(text); n != len(text) || err != nil {
				t.Errorf("wrote %d, %v", n, err)
			}
			if err := from.CloseWrite(); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if got, err := io.ReadAll(from); !bytes.Equal(got, text) || err != nil {
				t.Errorf("read %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
}

// Several readers share what comes; several writers do not mix what they write.
func TestGoConnTurns(t *testing.T) {
	a, b := goPair(t)
	const each, line = 50, "a line that is written whole\n"
	var writers, readers sync.WaitGroup
	var lock sync.Mutex
	var got []byte
	for range 4 {
		writers.Go(func() {
			for range each {
				if _, err := io.WriteString(a, line); err != nil {
					t.Error(err)
				}
			}
		})
		readers.Go(func() {
			buf := make([]byte, 7)
			for {
				n, err := b.Read(buf)
				lock.Lock()
				got = append(got, buf[:n]...)
				lock.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	writers.Wait()
	if err := a.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	readers.Wait()
	if len(got) != 4*each*len(line) {
		t.Errorf("%d bytes came, want %d", len(got), 4*each*len(line))
	}
}

// Close ends what waits, however many those are.
func TestGoConnCloseUnblocks(t *testing.T) {
	a, _ := goPair(t)
	ended := make(chan error, 8)
	for range 4 {
		go func() {
			_, err := a.Read(make([]byte, 1))
			ended <- err
		}()
		go func() {
			var err error
			for err == nil { // until nobody reads fast enough
				_, err = a.Write(make([]byte, 1<<16))
			}
			ended <- err
		}()
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		select {
		case err := <-ended:
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("it ended with %v", err)
			}
		case <-time.After(patience):
			t.Fatal("it does not end")
		}
	}
	if err := a.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a second Close: %v", err)
	}
}

// A deadline ends what waits, also one that is set later; after it is taken off, the connection goes on.
func TestGoConnDeadlines(t *testing.T) {
	a, b := goPair(t)
	read := make(chan error, 1)
	go func() {
		_, err := a.Read(make([]byte, 1))
		read <- err
	}()
	mustSet(t, a.SetReadDeadline, time.Now().Add(time.Millisecond))
	select {
	case err := <-read:
		var timeout net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the deadline does not end it")
	}
	mustSet(t, a.SetReadDeadline, time.Time{})
	if _, err := b.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	mustSet(t, b.SetWriteDeadline, time.Now().Add(20*time.Millisecond))
	total := 0
	for {
		n, err := b.Write(make([]byte, 1<<20))
		if total += n; err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("it ended with %v", err)
			}
			break
		}
	}
	got := make(chan int64, 1)
	go func() {
		n, _ := io.Copy(io.Discard, a)
		got <- n
	}()
	if err := b.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if n := <-got; n != int64(total) {
		t.Errorf("%d bytes arrived, and Write has told of %d", n, total)
	}
}

// An http.Server and a client, with the goroutines that they start, on this reactor.
func TestGoConnUnderNetHTTP(t *testing.T) {
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(text)
	})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(netio.NewGoListener(l)) }()
	transport := &http.Transport{DialContext: netio.GoDial}
	client := &http.Client{Transport: transport}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				text := strings.Repeat("hello ", 10_000)
				r, err := client.Post("http://"+l.Addr().String(), "text/plain", strings.NewReader(text))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(r.Body)
				_ = r.Body.Close()
				if string(got) != text || err != nil {
					t.Errorf("%d bytes came back, %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
	transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := <-served; err != http.ErrServerClosed {
		t.Error(err)
	}
}

func TestGoDialIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := netio.GoDial(ctx, "tcp", "127.0.0.1:1"); c != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", c, err)
	}
}

func TestGoConnMisuse(t *testing.T) {
	for _, g := range []*netio.GoConn{nil, new(netio.GoConn)} {
		func() {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, "NewGoConn") {
					t.Errorf("it panics with %q", v)
				}
			}()
			_, _ = g.Read(nil)
		}()
	}
}
