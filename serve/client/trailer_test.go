package client_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/serve/client"
)

// sums answers with the content, and with trailers: what it was sent as such, and one that it has not announced.
func sums(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", "X-Sum")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	w.Write(body)
	w.Header().Set("X-Sum", r.Trailer.Get("X-Sum"))
	w.Header().Set(http.TrailerPrefix+"X-Late", "yes")
}

// upload is a request whose trailer is known when its content has been read.
func upload(t *testing.T, url string) *http.Request {
	r := request(t, "POST", url, nil)
	r.Trailer = http.Header{"X-Sum": nil}
	in := strings.NewReader("some content")
	r.Body = io.NopCloser(readerFunc(func(p []byte) (int, error) {
		n, err := in.Read(p)
		if err == io.EOF {
			r.Trailer.Set("X-Sum", "12")
		}
		return n, err
	}))
	r.ContentLength = -1
	return r
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Trailers go both ways, for tasks and for goroutines, and the connection is used again.
func TestTrailers(t *testing.T) {
	s := server(t, false, sums)
	c := newClient(t, client.Config{})
	for range 3 {
		_, err := future.BlockOn(future.Box[future.Unit](future.Do(func(co *future.Co) error {
			resp, err := c.Do(upload(t, s.URL)).Await(co)
			if err != nil {
				return err
			}
			if _, announced := resp.Trailer["X-Sum"]; !announced || resp.Trailer.Get("X-Sum") != "" {
				t.Errorf("before the content: trailers %v", resp.Trailer)
			}
			all, err := aio.ReadAll(resp, 1<<20).Await(co)
			if string(all) != "some content" || resp.Trailer.Get("X-Sum") != "12" || resp.Trailer.Get("X-Late") != "yes" {
				t.Errorf("%q, trailers %v", all, resp.Trailer)
			}
			return err
		})))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: c}).Do(upload(t, s.URL))
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(all) != "some content" || resp.Trailer.Get("X-Sum") != "12" || resp.Trailer.Get("X-Late") != "yes" {
			t.Errorf("%q, %v, trailers %v", all, err, resp.Trailer)
		}
	}
	if n := s.conns.Load(); n != 1 {
		t.Errorf("%d connections for one request at a time", n)
	}
}

// What frames a message is no trailer.
func TestBadTrailers(t *testing.T) {
	s := server(t, false, sums)
	c := newClient(t, client.Config{})
	for _, name := range []string{"Content-Length", "transfer-encoding", "Trailer", "a b", "X\r\nY"} {
		r := upload(t, s.URL)
		r.Trailer = http.Header{name: nil}
		if _, _, err := do(c, r); err == nil {
			t.Errorf("%q was sent as a trailer", name)
		}
	}
	r := request(t, "POST", s.URL, nil)
	r.ContentLength = -1
	r.Trailer = http.Header{"X-Sum": {"1\r\nX-Other: 2"}}
	r.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { return 0, io.EOF }))
	if _, _, err := do(c, r); err == nil {
		t.Error("a trailer with a line end in it was sent")
	}
}
