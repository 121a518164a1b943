package client_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/serve/client"
)

// held is a connection whose writes go out together, when it is read from.
type held struct {
	net.Conn
	out bytes.Buffer
}

func (h *held) Write(p []byte) (int, error) { return h.out.Write(p) }

func (h *held) SetWriteDeadline(time.Time) error { return nil } // crypto/tls ends writing by one

func (h *held) Read(p []byte) (int, error) {
	if _, err := h.out.WriteTo(h.Conn); err != nil {
		return 0, err
	}
	return h.Conn.Read(p)
}

// What a server has said behind its answer, under TLS too, is seen before a connection is used again: that it ends, so that no request is
// lost on it, or something that would be taken for the answer to the next request.
func TestKeptConnectionsUnderTLS(t *testing.T) {
	cert, roots := testcert.New(t, "127.0.0.1")
	for name, behind := range map[string]func(c *tls.Conn){
		"the end": func(c *tls.Conn) { c.CloseWrite() },
		"another answer": func(c *tls.Conn) {
			io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
		},
		"nothing": func(c *tls.Conn) {},
	} {
		t.Run(name, func(t *testing.T) {
			var conns word.Int32
			addr := raw(t, func(nc net.Conn, _ *bufio.Reader) {
				conns.Inc()
				c := tls.Server(&held{Conn: nc}, &tls.Config{Certificates: []tls.Certificate{cert}})
				for r := bufio.NewReader(c); ; {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					body, err := io.ReadAll(req.Body)
					if err != nil {
						return
					}
					fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
					behind(c)
				}
			})
			c := newClient(t, client.Config{TLS: &tls.Config{RootCAs: roots}})
			for _, text := range []string{"a", "bc", "def"} {
				if status, got, err := do(c, request(t, "POST", "https://"+addr+"/", strings.NewReader(text))); status != 200 || got != text || err != nil {
					t.Errorf("%s: %d, %q, %v", text, status, got, err)
				}
			}
			if n := conns.Load(); n != 1 != (name != "nothing") {
				t.Errorf("%d connections", n)
			}
			c.CloseIdleConnections()
		})
	}
}

// Content that is longer than was said is an error, as what is shorter is: the server has had a part of it.
//
// It comes in one piece here: the server may answer before there is a second one.
func TestContentThatIsLonger(t *testing.T) {
	s := server(t, false, mirror)
	c := newClient(t, client.Config{})
	for name, body := range map[string]io.Reader{
		"in memory": strings.NewReader("magpies"), "a stream": streamOf("magpies"), "blocking": io.MultiReader(strings.NewReader("magpies")),
		"long": strings.NewReader(strings.Repeat("x", 100_000)),
	} {
		for _, short := range []int64{0, 1, 3} {
			if seeker, ok := body.(io.Seeker); ok {
				seeker.Seek(0, io.SeekStart)
			} else if short != 3 {
				continue
			}
			r := request(t, "PUT", s.URL+"/length", body)
			length := int64(7)
			if name == "long" {
				length = 100_000
			}
			r.ContentLength = length - short
			_, text, err := do(c, r)
			if short == 0 && (err != nil || int64(len(text)) != length) || short > 0 && (err == nil || !strings.Contains(err.Error(), "longer than ContentLength says")) {
				t.Errorf("%s, %d bytes less: %d bytes, %v", name, short, len(text), err)
			}
		}
	}
	// One of the length that was said leaves its connection for the next one.
	s = server(t, false, mirror)
	c = newClient(t, client.Config{})
	for range 3 {
		r := request(t, "PUT", s.URL+"/length", io.MultiReader(strings.NewReader("magpies")))
		r.ContentLength = 7
		if _, text, err := do(c, r); text != "magpies" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
	}
	if n := s.conns.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
