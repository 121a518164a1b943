package engine

import (
	"bufio"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/testcert"
)

// secureServer is net/http's under TLS, and what its handshakes were like.
type secureServer struct {
	*httptest.Server
	handshakes, resumed atomic.Int64
	name, protocol      atomic.Value
	ca                  string
}

func newSecureServer(t *testing.T, conf *tls.Config) *secureServer {
	t.Helper()
	s := &secureServer{ca: filepath.Join(t.TempDir(), "ca.pem")}
	cert, _ := testcert.New(t, "127.0.0.1", "example.test")
	testcert.Write(t, cert, s.ca, s.ca+".key")
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello") }))
	conf.Certificates = []tls.Certificate{cert}
	conf.VerifyConnection = func(cs tls.ConnectionState) error {
		s.handshakes.Add(1)
		if cs.DidResume {
			s.resumed.Add(1)
		}
		s.name.Store(cs.ServerName)
		s.protocol.Store(cs.NegotiatedProtocol)
		return nil
	}
	s.TLS = conf
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestRunOverTLS(t *testing.T) {
	s := newSecureServer(t, &tls.Config{})
	c := config(t, s.URL, 40)
	c.PerConn = 5
	c.TLS = TLS{CACert: s.ca, ServerName: "example.test"}
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != 40 || r.Failed != 0 {
		t.Fatalf("%d succeeded, errors %v", r.Succeeded, r.ErrorExamples)
	}
	if s.name.Load() != "example.test" || s.protocol.Load() != "http/1.1" || s.resumed.Load() != 0 {
		t.Errorf("name %v, protocol %v, %d resumed", s.name.Load(), s.protocol.Load(), s.resumed.Load())
	}
	c.TLS.Resume, c.Connections = true, 1
	mustRun(t, t.Context(), newRuntime(t), c)
	if n := s.resumed.Load(); n != 7 {
		t.Errorf("%d of 8 connections one after the other resumed, want 7", n)
	}
}

// A server that asks for a certificate gets the one that was given, and without it the run fails by its kind.
func TestRunShowsItsCertificate(t *testing.T) {
	client, pool := testcert.New(t, "client")
	files := filepath.Join(t.TempDir(), "client.pem")
	testcert.Write(t, client, files, files+".key")
	s := newSecureServer(t, &tls.Config{ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MaxVersion: tls.VersionTLS12})
	c := config(t, s.URL, 3)
	c.TLS = TLS{CACert: s.ca}
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Errors["tls"] != 3 {
		t.Errorf("without a certificate: %v", r.ErrorExamples)
	}
	c.TLS.Cert, c.TLS.Key = files, files+".key"
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 3 || r.Failed != 0 {
		t.Errorf("with one: %v", r.ErrorExamples)
	}
}

func TestRunTellsWhatIsWrongWithTLS(t *testing.T) {
	s := newSecureServer(t, &tls.Config{})
	address := strings.TrimPrefix(s.URL, "https://")
	for _, f := range []struct {
		name, url, kind, want string
		tls                   TLS
	}{
		{"unknown authority", s.URL, "tls", "unknown authority", TLS{}},
		{"another name", s.URL, "tls", "other.test", TLS{CACert: s.ca, ServerName: "other.test"}},
		{"any certificate", s.URL, "", "", TLS{Insecure: true}},
		{"no TLS", "https://" + serve(t, func(_ int, c *net.TCPConn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad\r\n\r\n") }), "tls", "TLS", TLS{}},
		{"closes at once", "https://" + serve(t, func(int, *net.TCPConn) {}), "eof", "", TLS{}},
		{"silent", "https://" + serve(t, func(_ int, c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }), "timeout", "", TLS{}},
		{"plain", "http://" + address, "http_4xx", "", TLS{}},
	} {
		c := config(t, f.url, 2)
		c.TLS = f.tls
		if f.kind == "timeout" {
			c.Timeout = 50 * time.Millisecond
		}
		r := mustRun(t, t.Context(), newRuntime(t), c)
		if f.kind == "" {
			if r.Succeeded != 2 {
				t.Errorf("%s: %v", f.name, r.ErrorExamples)
			}
			continue
		}
		if r.Errors[f.kind] == 0 && r.Errors["reset"] == 0 || !strings.Contains(r.ErrorExamples[f.kind], f.want) {
			t.Errorf("%s: %v, want %s with %q", f.name, r.ErrorExamples, f.kind, f.want)
		}
	}
}

func TestCheckLooksAtTheFilesOfTLS(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		url, want string
		tls       TLS
	}{
		{"https://h/", "no such file", TLS{CACert: empty + "x"}},
		{"https://h/", "no certificate in it", TLS{CACert: empty}},
		{"https://h/", "give both", TLS{Cert: empty}},
		{"https://h/", "cert " + empty, TLS{Cert: empty, Key: empty}},
		{"http://h/", "are for targets with TLS", TLS{Insecure: true}},
	} {
		c := config(t, f.url, 1)
		c.TLS = f.tls
		if err := c.Check(); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "cannot find the file", "no such file"), f.want) {
			t.Errorf("%+v: %v, want %q", f.tls, err, f.want)
		}
	}
}

// held keeps what is written to it until it is let go: by one write.
type held struct {
	net.Conn
	kept []byte
	open bool // nothing is kept
}

func (h *held) Write(p []byte) (int, error) {
	if h.open {
		return h.Conn.Write(p)
	}
	h.kept = append(h.kept, p...)
	return len(p), nil
}

// Replies that come together, each in a record of its own, are answered by requests that go out together, in one.
func TestRequestsOfOneReadGoTogether(t *testing.T) {
	const depth, rounds = 4, 20
	cert, _ := testcert.New(t, "127.0.0.1")
	together := make(chan int, depth*rounds)
	c := config(t, "https://"+serve(t, func(_ int, c *net.TCPConn) {
		h := &held{Conn: c, open: true}
		s := tls.Server(h, &tls.Config{Certificates: []tls.Certificate{cert}})
		in := bufio.NewReader(s)
		for {
			n := 0
			for n == 0 || in.Buffered() > 0 { // what one record has brought
				r, err := http.ReadRequest(in)
				if err != nil {
					close(together)
					return
				}
				_ = r.Body.Close()
				n++
			}
			together <- n
			h.open = false
			for range n {
				_, _ = io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			}
			_, _ = c.Write(h.kept)
			h.kept, h.open = h.kept[:0], true
		}
	}), depth*rounds)
	c.TLS.Insecure, c.Pipeline = true, depth
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != depth*rounds {
		t.Errorf("%d succeeded: %v", r.Succeeded, r.Errors)
	}
	for n := range together {
		if n != depth {
			t.Errorf("%d requests came together, want %d", n, depth)
		}
	}
}
