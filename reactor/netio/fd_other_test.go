//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio_test

import (
	"errors"
	"os"
	"testing"

	"github.com/magpie-go/magpie/reactor/netio"
)

func TestNoFDHere(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := netio.NewFD(r); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if err := r.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file was not taken over: %v", err)
	}
}
