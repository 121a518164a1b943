package stats

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/magpie-go/magpie/wire/http1"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{io.EOF, EOF},
		{fmt.Errorf("reading: %w", io.ErrUnexpectedEOF), EOF},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, Timeout},
		{fmt.Errorf("byte 3: %w", ErrWrongEcho), WrongEcho},
		{http1.ErrStatusLine, BadResponse},
		{ErrSurplus, BadResponse},
		{ErrEarly, BadResponse},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}, DNS},
		{&net.DNSError{UnwrapErr: io.EOF}, DNS},
		{fmt.Errorf("odd"), Other},
		{net.ErrClosed, Other},
	} {
		if got := Classify(c.err); got != c.want {
			t.Errorf("%v is %v, want %v", c.err, got, c.want)
		}
	}
	for _, e := range errnos {
		err := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", e.errno)}
		if got := Classify(err); got != e.kind {
			t.Errorf("%v is %v, want %v", err, got, e.kind)
		}
	}
}

// What the operating system really says, by way of package net.
func TestClassifyRealErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = net.Dial("tcp", addr)
	if got := Classify(err); got != Refused {
		t.Errorf("dialling a closed port: %v is %v", err, got)
	}
	_, err = net.Dial("unix", filepath.Join(t.TempDir(), "none"))
	if got := Classify(err); got != Refused {
		t.Errorf("dialling a socket that is not there: %v is %v", err, got)
	}
}

func TestKindNamesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for k := range kinds {
		if name := k.String(); name == "" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		} else {
			seen[name] = true
		}
	}
}
