package client_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/serve/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newClient(t *testing.T, c client.Config) *client.Client {
	t.Helper()
	k, err := client.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.CloseIdleConnections)
	return k
}

// counted is a server of net/http that counts its connections.
type counted struct {
	*httptest.Server
	conns word.Int32
}

func server(t *testing.T, tls bool, h http.HandlerFunc) *counted {
	s := &counted{Server: httptest.NewUnstartedServer(h)}
	s.Config.ConnState = func(_ net.Conn, at http.ConnState) {
		if at == http.StateNew {
			s.conns.Inc()
		}
	}
	if tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// do makes a request and reads all of the response, as a task.
func do(c *client.Client, r *http.Request) (status int, text string, err error) {
	_, err = future.BlockOn(future.Box[future.Unit](future.Do(func(co *future.Co) error {
		resp, err := c.Do(r).Await(co)
		if err != nil {
			return err
		}
		status = resp.StatusCode
		all, err := aio.ReadAll(resp, 100<<20).Await(co)
		text = string(all)
		return err
	})))
	return status, text, err
}

func mirror(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	switch r.URL.Path {
	case "/length":
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	case "/chunks":
		for len(body) > 1000 {
			w.Write(body[:1000])
			w.(http.Flusher).Flush()
			body = body[1000:]
		}
	case "/close":
		w.Header().Set("Connection", "close")
	case "/http10": // the end is the length
		c, buf, _ := w.(http.Hijacker).Hijack()
		fmt.Fprintf(buf, "HTTP/1.0 200 OK\r\n\r\n%s", body)
		buf.Flush()
		c.Close()
		return
	case "/early":
		c, buf, _ := w.(http.Hijacker).Hijack()
		fmt.Fprintf(buf, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		buf.Flush()
		c.Close()
		return
	}
	w.Write(body)
}

// stream is a request's content as a stream.
type stream struct{ aio.Reader }

func streamOf(s string) io.ReadCloser { return stream{aio.FromReader(strings.NewReader(s))} }
