package netio_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// serveOn accepts on a runtime of its own, and serves each connection by an async function on its workers. It
// returns the address; at the end of the test the runtime is shut down.
func serveOn(t *testing.T, serve func(s *netio.Stream) error) (rt *sched.Runtime, addr string) {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t, "tcp", "127.0.0.1:0")
	accept := sched.Spawn(rt, future.Do(func(co *future.Co) error {
		for {
			c, err := l.Accept().Await(co)
			if err != nil {
				return err
			}
			sched.Spawn(co, future.Do(func(co *future.Co) error {
				s := netio.NewStream(co, c)
				defer s.Close()
				if err := serve(s); err != nil && err != future.ErrDropped {
					t.Error(err)
				}
				return nil
			}))
		}
	}))
	t.Cleanup(func() {
		_ = l.Close()
		if _, err := accept.Wait(context.Background()); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := rt.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return rt, l.Addr().String()
}

// certificate is one for 127.0.0.1, and the files that openssl reads it from.
type certificate struct {
	tls       tls.Certificate
	roots     *x509.CertPool
	file, key string
}

func newCertificate(t *testing.T) *certificate {
	t.Helper()
	cert, roots := testcert.New(t, "127.0.0.1")
	c := &certificate{cert, roots, filepath.Join(t.TempDir(), "cert"), filepath.Join(t.TempDir(), "key")}
	testcert.Write(t, cert, c.file, c.key)
	return c
}

// openssl returns a command of it, which is killed with the test.
func openssl(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed: crypto/tls is tested against itself only")
	}
	return exec.CommandContext(t.Context(), path, args...)
}

// shout answers each line of a connection in capital letters.
func shout(c io.ReadWriter) error {
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		if lines.Text() == "bye" {
			return nil
		}
		if _, err := fmt.Fprintln(c, strings.ToUpper(lines.Text())); err != nil {
			return err
		}
	}
	return lines.Err()
}

// crypto/tls as a server on the workers, and openssl as its client.
func TestTLSServerAgainstOpenSSL(t *testing.T) {
	cert := newCertificate(t)
	_, addr := serveOn(t, func(s *netio.Stream) error {
		c := tls.Server(s, &tls.Config{Certificates: []tls.Certificate{cert.tls}})
		defer c.Close()
		return shout(c)
	})
	for _, version := range []string{"-tls1_3", "-tls1_2"} {
		cmd := openssl(t, "s_client", "-connect", addr, "-CAfile", cert.file, "-verify_return_error", "-quiet", version)
		long := strings.Repeat("x", 10_000)
		cmd.Stdin = strings.NewReader("hello\n" + long + "\nbye\n")
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		out, err := cmd.Output()
		if want := "HELLO\n" + strings.ToUpper(long) + "\n"; err != nil || string(out) != want {
			t.Errorf("%s: %.40q (%d bytes), %v\n%s", version, out, len(out), err, complaints.String())
		}
	}
}

// crypto/tls as a client on the workers, and openssl as its server, which sends lines back reversed.
func TestTLSClientAgainstOpenSSL(t *testing.T) {
	cert := newCertificate(t)
	server := openssl(t, "s_server", "-accept", "127.0.0.1:0", "-cert", cert.file, "-key", cert.key, "-rev")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	addr := ""
	for lines := bufio.NewScanner(out); addr == "" && lines.Scan(); {
		addr, _ = strings.CutPrefix(lines.Text(), "ACCEPT ")
		if addr == lines.Text() {
			addr = ""
		}
	}
	if addr == "" {
		t.Skip("this openssl does not say where it listens")
	}
	go io.Copy(io.Discard, out)
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	got, err := sched.Run(t.Context(), rt, future.Async(func(co *future.Co) (string, error) {
		c, err := netio.Dial("tcp", addr).Await(co)
		if err != nil {
			return "", err
		}
		s := tls.Client(netio.NewStream(co, c), &tls.Config{RootCAs: cert.roots, ServerName: "127.0.0.1"})
		defer s.Close()
		if err := s.SetDeadline(time.Now().Add(patience)); err != nil {
			return "", err
		}
		if _, err := io.WriteString(s, "hello\n"); err != nil {
			return "", err
		}
		return bufio.NewReader(s).ReadString('\n')
	}))
	if got != "olleh\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// net/http reads requests, and writes responses, on the workers; its client, on goroutines, keeps connections open.
func TestNetHTTPReadsRequestsOnWorkers(t *testing.T) {
	_, addr := serveOn(t, func(s *netio.Stream) error {
		for in := bufio.NewReader(s); ; {
			req, err := http.ReadRequest(in)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			body, err := io.ReadAll(req.Body)
			if err != nil {
				return err
			}
			text := req.Method + " " + req.URL.Path + " " + string(body)
			answer := http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text))}
			if err := answer.Write(s); err != nil {
				return err
			}
		}
	})
	transport := new(http.Transport)
	client := http.Client{Transport: transport}
	var users sync.WaitGroup
	for i := range 4 {
		users.Go(func() {
			for k := range 10 {
				body := strings.Repeat("x", i*1000)
				path := fmt.Sprintf("/%d/%d", i, k)
				r, err := client.Post("http://"+addr+path, "text/plain", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(r.Body)
				_ = r.Body.Close()
				if want := "POST " + path + " " + body; string(got) != want || err != nil {
					t.Errorf("%.60q, %v; want %.60q", got, err, want)
				}
			}
		})
	}
	users.Wait()
	transport.CloseIdleConnections()
}

// A GoConn that would block a worker says so, and the connection is as good as before.
func TestGoConnOnAWorker(t *testing.T) {
	client, server := goPair(t)
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	buf := make([]byte, 4)
	_, err = sched.Run(t.Context(), rt, future.Do(func(*future.Co) error {
		_, err := server.Read(buf)
		return err
	}))
	if !errors.Is(err, future.ErrOnWorker) || !strings.Contains(err.Error(), "use a Stream or the Conn") {
		t.Errorf("it ended with %v", err)
	}
	if _, err := client.Write([]byte("data")); err != nil {
		t.Fatal(err)
	}
	if n, err := server.Read(buf); n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	// What need not wait is done.
	_, err = sched.Run(t.Context(), rt, future.Do(func(*future.Co) error {
		_, err := server.Write([]byte("back"))
		return err
	}))
	if err != nil {
		t.Error(err)
	}
	if n, err := client.Read(buf); n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}
