package client_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/serve/client"
)

// closeable counts how often it was closed.
type closeable struct {
	io.Reader
	closed int
}

func (c *closeable) Close() error {
	c.closed++
	return nil
}

// The content of a request is closed, also if nobody has got as far as to look at it.
func TestContentIsClosed(t *testing.T) {
	done, cancel := context.WithCancel(context.Background())
	cancel()
	c := newClient(t, client.Config{})
	for _, rt := range []http.RoundTripper{c, new(http.Transport)} {
		for name, r := range map[string]*http.Request{
			"a context that is done": request(t, "POST", "http://127.0.0.1:1/", nil).WithContext(done),
			"no host":                {Method: "POST", URL: new(url.URL)},
		} {
			body := &closeable{Reader: http.NoBody}
			r.Body = body
			if _, err := rt.RoundTrip(r); err == nil || body.closed == 0 {
				t.Errorf("%T, %s: %v, closed %d times", rt, name, err, body.closed)
			}
		}
	}
	body := &closeable{Reader: http.NoBody}
	r := request(t, "POST", "http://127.0.0.1:1/", nil)
	r.Body = body
	c.Do(r).Drop()
	if body.closed != 1 {
		t.Errorf("an operation that was dropped before its first poll has closed it %d times", body.closed)
	}
}

// forgetful is content that never comes.
type forgetful struct {
	stream
	forgot *int
}

func (f forgetful) ForgetRead() { *f.forgot++ }

// Once the answer is there nobody waits for content any more.
func TestEarlyAnswerForgetsTheContent(t *testing.T) {
	addr := raw(t, func(c net.Conn, in *bufio.Reader) {
		if _, err := http.ReadRequest(in); err != nil {
			t.Error(err)
		}
		io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
		io.Copy(io.Discard, in)
	})
	never, w := aio.Duplex(10)
	defer w.Close()
	forgot := 0
	status, _, err := do(newClient(t, client.Config{}), request(t, "POST", "http://"+addr+"/", forgetful{stream{never}, &forgot}))
	if status != 204 || err != nil || forgot != 1 {
		t.Errorf("%d, %v, forgotten %d times", status, err, forgot)
	}
}

// mirrorAfter101 changes to a protocol that says "first," and then what it hears.
func mirrorAfter101(t *testing.T) http.HandlerFunc {
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	return func(w http.ResponseWriter, r *http.Request) {
		c, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		fmt.Fprintf(buf, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\nfirst,", r.Header.Get("Upgrade"))
		buf.Flush()
		all.Go(func() {
			defer c.Close()
			io.Copy(c, buf)
		})
	}
}

// After status 101 the Body is the connection, as under net/http: it is read and written at once, also behind a proxy of the standard library.
func TestRoundTripUpgrades(t *testing.T) {
	plain, secure := server(t, false, mirrorAfter101(t)), server(t, true, mirrorAfter101(t))
	at, err := url.Parse(plain.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, client.Config{TLS: secure.Client().Transport.(*http.Transport).TLSClientConfig})
	proxy := httputil.NewSingleHostReverseProxy(at)
	proxy.Transport = c
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	reference := secure.Client().Transport
	for name, way := range map[string]struct {
		rt  http.RoundTripper
		url string
	}{"here": {c, plain.URL}, "TLS": {c, secure.URL}, "net/http": {reference, plain.URL}, "proxy": {reference, front.URL}, "all": {c, front.URL}} {
		r := request(t, "GET", way.url, nil)
		r.Header.Set("Connection", "Upgrade")
		r.Header.Set("Upgrade", "mirror")
		resp, err := way.rt.RoundTrip(r)
		if err != nil {
			t.Fatal(name, err)
		}
		both, ok := resp.Body.(io.ReadWriteCloser)
		if resp.StatusCode != 101 || !ok {
			t.Fatalf("%s: %s, a Body of %T", name, resp.Status, resp.Body)
		}
		const pieces, size = 100, 10_000
		written := make(chan error, 1)
		go func() {
			for range pieces {
				if n, err := both.Write(make([]byte, size)); n != size || err != nil {
					written <- fmt.Errorf("%d, %w", n, err)
					return
				}
			}
			written <- nil
		}()
		got := make([]byte, len("first,")+pieces*size)
		if _, err := io.ReadFull(both, got); err != nil || string(got[:6]) != "first," {
			t.Errorf("%s: %q, %v", name, got[:6], err)
		}
		if err := <-written; err != nil {
			t.Errorf("%s: writing: %v", name, err)
		}
		go both.Close() // ends a read that waits
		if _, err := both.Read(got); err == nil {
			t.Errorf("%s: a read of what is closed", name)
		}
	}
}
