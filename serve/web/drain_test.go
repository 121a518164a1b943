package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	sleep "github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// untilDrain waits until the server of a request drains.
func untilDrain(co *future.Co, r *Request) error {
	for !r.Conn().Draining() {
		if _, err := sleep.Sleep(time.Millisecond).Await(co); err != nil {
			return err
		}
	}
	return nil
}

// Requests that have reached a server that is shut down are answered, with "Connection: close"; idle connections end.
func TestDrain(t *testing.T) {
	arrived := make(chan struct{}, 1)
	s := start(t, Config{Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		if string(r.Path()) == "/slow" {
			arrived <- struct{}{}
			if err := untilDrain(co, r); err != nil {
				return err
			}
		}
		_, err := w.WriteString("done")
		return err
	})})
	idle, slow := s.dial(t), s.dial(t)
	idle.send(get)
	idle.want("GET", 200, "done")
	slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	<-arrived
	ended := s.shutDown()
	if a := slow.want("GET", 200, "done"); !a.Close {
		t.Error("the last answer does not say close")
	}
	slow.wantEnd()
	idle.wantEnd()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A connection that was accepted as the server began to end has its first request answered; one that stays silent ends too.
func TestDrainOfNewConnections(t *testing.T) {
	for _, c := range []struct {
		first time.Duration
		asks  bool
	}{{time.Hour, true}, {time.Millisecond, false}} {
		arrived := make(chan struct{}, 1)
		s := start(t, Config{Conns: serve.Config{FirstTime: c.first}, Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
			if string(r.Path()) == "/slow" {
				arrived <- struct{}{}
			}
			if err := untilDrain(co, r); err != nil {
				return err
			}
			_, err := w.WriteString("done")
			return err
		})})
		fresh, slow := s.dial(t), s.dial(t)
		slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
		<-arrived
		testkit.Until(t, "both are accepted", func() bool { return s.Metrics().Accepted == 2 })
		ended := s.shutDown()
		slow.want("GET", 200, "done") // so it drains
		if c.asks {
			fresh.send(get)
			if a := fresh.want("GET", 200, "done"); !a.Close {
				t.Error("the answer does not say close")
			}
		}
		fresh.wantEnd()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// Under load none of the answers is cut short, and no request that was begun is lost: a client that is refused has sent nothing
// that was read.
func TestDrainUnderLoad(t *testing.T) {
	s := start(t, Config{Handler: hello})
	var clients sync.WaitGroup
	begun := make(chan struct{}, 8)
	for range 8 {
		clients.Add(1)
		go func() {
			defer clients.Done()
			c := http.Client{Transport: &http.Transport{}}
			defer c.CloseIdleConnections()
			for i := 0; ; i++ {
				r, err := c.Get("http://" + s.addr + "/")
				if err != nil {
					return // nobody listens any more: the client has tried again on a new connection
				}
				content, err := io.ReadAll(r.Body)
				r.Body.Close()
				if err != nil || string(content) != "Hello, World!" {
					t.Errorf("%q, %v", content, err)
				}
				if i == 10 {
					begun <- struct{}{}
				}
			}
		}()
	}
	for range 8 {
		<-begun
	}
	if err := <-s.shutDown(); err != nil {
		t.Error(err)
	}
	clients.Wait()
}

// What does not end in time is cut, and its future dropped.
func TestCut(t *testing.T) {
	dropped := make(chan struct{})
	arrived := make(chan struct{}, 1)
	s := start(t, Config{Handler: func(w *Response, _ *Request) {
		arrived <- struct{}{}
		w.Await(never{dropped})
	}})
	p := s.dial(t)
	p.send(get)
	<-arrived
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var cut *serve.CutError
	if err := s.Shutdown(ctx); !errors.As(err, &cut) || cut.Cut != 1 {
		t.Errorf("Shutdown: %v", err)
	}
	select {
	case <-dropped:
	case <-time.After(patience):
		t.Error("the future was not dropped")
	}
}

// A client that resets the connection ends the future that nobody waits for.
func TestResetDropsTheFuture(t *testing.T) {
	dropped := make(chan struct{})
	arrived := make(chan struct{}, 1)
	s := start(t, Config{Handler: func(w *Response, _ *Request) {
		w.Await(never{dropped})
		arrived <- struct{}{}
	}})
	p := s.dial(t)
	p.send(get)
	<-arrived
	_ = p.Conn.(interface{ SetLinger(int) error }).SetLinger(0)
	p.Close()
	select {
	case <-dropped:
	case <-time.After(patience):
		t.Error("the future was not dropped")
	}
}

// never is not ready, and says when it is dropped.
type never struct{ dropped chan struct{} }

func (n never) Poll(*waker.Context) future.Poll[future.Unit] { return future.Pending[future.Unit]() }
func (n never) Drop()                                        { close(n.dropped) }
