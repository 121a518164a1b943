package engine

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
)

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// answer reads a request and gives an answer; false: the client has closed.
func answer(c net.Conn, r *bufio.Reader, text string) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, req.Body)
	_, err = io.WriteString(c, text)
	return err == nil
}

// A server that closes after some answers without saying so, in order or with a reset,
// fails no request; each is counted apart, and sent again without a pause.
func TestRunSendsAgainWhenTheServerClosesBetweenRequests(t *testing.T) {
	for _, reset := range []bool{false, true} {
		url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
			r := bufio.NewReader(c)
			for range 3 {
				if !answer(c, r, ok) {
					return
				}
			}
			if reset {
				// Not before the next request is here: the answer would be lost too.
				_, _ = r.Peek(1)
				_ = c.SetLinger(0)
			}
		})
		for _, method := range []string{"GET", "POST"} {
			c := config(t, url, 300)
			c.Method = method
			r := mustRun(t, t.Context(), newRuntime(t), c)
			if r.Succeeded != 300 || r.Failed != 0 || r.Connects != 100 || r.ClosedIdle != 99 {
				t.Errorf("%s, reset %v: %d succeeded, errors %v, %d connects, %d closed between requests",
					method, reset, r.Succeeded, r.ErrorExamples, r.Connects, r.ClosedIdle)
			}
		}
	}
}

// What is no such close stays a failure: the first request of a connection, an answer
// that has begun, and the message of an echo.
func TestRunDoesNotSendAgainWhatFailed(t *testing.T) {
	half := func(before int, text string) func(int, *net.TCPConn) {
		return func(_ int, c *net.TCPConn) {
			r := bufio.NewReader(c)
			for range before {
				answer(c, r, ok)
			}
			answer(c, r, text)
		}
	}
	for _, f := range []struct {
		name, scheme  string
		n             uint64
		handle        func(int, *net.TCPConn)
		failed, again uint64
	}{
		{"closes each at once", "http", 3, half(0, ""), 3, 0},
		{"closes in the second answer", "http", 4, half(1, ok[:10]), 2, 0},
		{"echo closes after a message", "tcp", 4, func(_ int, c *net.TCPConn) {
			_, _ = io.CopyN(c, c, 64)
			_, _ = io.ReadFull(c, make([]byte, 64))
		}, 2, 0},
	} {
		r := mustRun(t, t.Context(), newRuntime(t), config(t, f.scheme+"://"+serve(t, f.handle), f.n))
		if r.Errors["eof"] != f.failed || r.Failed != f.failed || r.Succeeded != f.n-f.failed || r.ClosedIdle != f.again {
			t.Errorf("%s: %d succeeded, errors %v, %d closed between requests", f.name, r.Succeeded, r.Errors, r.ClosedIdle)
		}
	}
}

// After an own "Connection: close" the connection is not used again, though the server
// would keep it.
func TestRunClosesWhenItSaidSo(t *testing.T) {
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		for r := bufio.NewReader(c); answer(c, r, ok); {
		}
	})
	c := config(t, url, 20)
	c.Headers = []string{"Connection: close"}
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != 20 || r.Failed != 0 || r.Connects != 20 || r.ClosedIdle != 0 {
		t.Errorf("%d succeeded, errors %v, %d connects", r.Succeeded, r.Errors, r.Connects)
	}
}
