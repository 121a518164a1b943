package tlsio_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/reactor/netio"
)

func openssl(t *testing.T) string {
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	return path
}

// openssl s_client gets back what it sends, before and after it has changed keys and asked for ours to be changed, which is
// answered during a read.
func TestOpensslClient(t *testing.T) {
	path := openssl(t)
	sc, _ := pair(t, tls.VersionTLS13)
	ln, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	served := make(chan error, 1)
	go func() {
		served <- do(func(co *future.Co) error {
			s, err := ln.Accept().Await(co)
			if err != nil {
				return err
			}
			defer s.Close()
			return echo(co, tlsio.Server(s, sc))
		})
	}()
	client := exec.Command(path, "s_client", "-connect", ln.Addr().String())
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	client.Stderr = client.Stdout // where it says that keys are changed
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	defer client.Process.Kill()
	lines := bufio.NewReader(out)
	for _, step := range []struct{ say, hear string }{
		{"first", "first"}, {"K", "KEYUPDATE"}, {"second", "second"}, {"k", "KEYUPDATE"}, {"third", "third"}, // K: the peer's keys too
	} {
		if _, err := io.WriteString(in, step.say+"\n"); err != nil {
			t.Fatal(err)
		}
		for heard := ""; strings.TrimSpace(heard) != step.hear; {
			if heard, err = lines.ReadString('\n'); err != nil {
				t.Fatalf("after %q: %q, %v; want %q", step.say, heard, err, step.hear)
			}
		}
	}
	in.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
	client.Wait()
}

// A client of ours talks to openssl s_server, which turns lines round.
func TestOpensslServer(t *testing.T) {
	path := openssl(t)
	cert, roots := testcert.New(t, "localhost")
	f := files(t, "site")
	testcert.Write(t, cert, f.Cert, f.Key)
	server := exec.Command(path, "s_server", "-rev", "-accept", "127.0.0.1:0", "-cert", f.Cert, "-key", f.Key, "-naccept", "1")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer server.Process.Kill()
	addr, lines := "", bufio.NewScanner(out)
	for listens := false; !listens; addr, listens = strings.CutPrefix(lines.Text(), "ACCEPT ") {
		if !lines.Scan() {
			t.Fatal("openssl does not say where it listens")
		}
	}
	s, err := run(netio.Dial("tcp", addr))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := tlsio.Client(s, &tls.Config{RootCAs: roots, ServerName: "localhost"})
	err = do(func(co *future.Co) error {
		if err := shake(co, c); err != nil {
			return err
		}
		if _, err := c.WriteAll([]byte("hello\n")).Await(co); err != nil {
			return err
		}
		var got []byte
		buf := make([]byte, 100)
		for !strings.HasSuffix(string(got), "\n") {
			n, err := c.Read(buf).Await(co)
			if err != nil {
				return err
			}
			got = append(got, buf[:n]...)
		}
		if string(got) != "olleh\n" {
			return fmt.Errorf("read %q", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
