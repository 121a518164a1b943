package client_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/schedtest"
	"github.com/magpie-go/magpie/serve/client"
	"github.com/magpie-go/magpie/waker"
)

// slowContent comes a byte at a time, each after a pause, of which asked is told as it begins.
type slowContent struct {
	pause  time.Duration
	asked  chan struct{}
	left   int
	sleep  clock.SleepOp
	sleeps bool
}

func (s *slowContent) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if s.left == 0 {
		return future.Failed[int](io.EOF)
	}
	if !s.sleeps {
		s.sleep, s.sleeps = clock.Sleep(s.pause), true
		s.asked <- struct{}{}
	}
	if s.sleep.Poll(cx).IsPending() {
		return future.Pending[int]()
	}
	s.sleeps = false
	s.left--
	p[0] = 'x'
	return future.Ready(1)
}

func passing(t *testing.T, addr string, body aio.Reader, length int64) (rt *schedtest.Runtime, h sched.JoinHandle[*client.Response]) {
	t.Helper()
	rt = schedtest.New(t, schedtest.Config{Grace: 20 * time.Second})
	rt.AutoAdvance(false)
	c := newClient(t, client.Config{HeaderTimeout: time.Minute, ConnectTimeout: time.Hour})
	m := &client.Message{Method: "POST", Host: addr, Head: []byte("POST / HTTP/1.1\r\nHost: h\r\n"), Body: body, Length: length}
	return rt, sched.Spawn[*client.Response](rt, c.Pass(m))
}

// The time that content takes to come is not the server's: it has HeaderTimeout from the end of the request on.
func TestPassOfSlowContent(t *testing.T) {
	addr := raw(t, func(c net.Conn, in *bufio.Reader) {
		if r, err := http.ReadRequest(in); err != nil {
			t.Error(err)
		} else if got, err := io.ReadAll(r.Body); err != nil || string(got) != "xxxx" {
			t.Errorf("%q, %v", got, err)
		}
		io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	})
	const pause = 40 * time.Second
	for _, length := range []int64{4, -1} {
		body := &slowContent{pause: pause, asked: make(chan struct{}, 10), left: 4}
		rt, h := passing(t, addr, body, length)
		for range 4 {
			if _, err := schedtest.Run(rt, future.FromChan(body.asked)); err != nil {
				t.Fatal(err)
			}
			if err := rt.Advance(pause); err != nil {
				t.Fatal(err)
			}
		}
		resp, err := schedtest.Wait(rt, h)
		if err != nil || resp.StatusCode != 204 {
			t.Errorf("length %d: %v", length, err)
		}
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	}
}

// endless is content without end, of whose first piece asked is told.
type endless struct {
	asked chan struct{}
	begun bool
}

func (e *endless) PollRead(_ *waker.Context, p []byte) future.Poll[int] {
	if !e.begun {
		e.begun = true
		e.asked <- struct{}{}
	}
	return future.Ready(len(p))
}

// A server that takes nothing of the content any more, and one that says nothing after it, are late.
func TestPassToALateServer(t *testing.T) {
	addr := raw(t, func(c net.Conn, _ *bufio.Reader) {
		<-t.Context().Done()
	})
	asked := make(chan struct{}, 1)
	for name, c := range map[string]struct {
		body   aio.Reader
		length int64
	}{
		"says nothing":  {&slowContent{pause: time.Second, asked: asked, left: 1}, 1},
		"takes nothing": {&endless{asked: asked}, 1 << 40},
	} {
		rt, h := passing(t, addr, c.body, c.length)
		if _, err := schedtest.Run(rt, future.FromChan(asked)); err != nil {
			t.Fatal(err)
		}
		if err := rt.Advance(time.Hour); err != nil { // the system may take what is sent for a while
			t.Fatal(err)
		}
		if _, err := schedtest.Wait(rt, h); !errors.Is(err, clock.ErrTimeout) {
			t.Errorf("a server that %s: %v", name, err)
		}
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	}
}
