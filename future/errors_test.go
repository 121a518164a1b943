package future_test

import (
	"errors"
	"io"
	"testing"

	"github.com/magpie-go/magpie/future"
)

func TestPanicErrorTellsTaskValueAndStack(t *testing.T) {
	for want, e := range map[string]*future.PanicError{
		"magpie: task serve panicked: EOF\n\nframes": {Task: "serve", Value: io.EOF, Stack: []byte("frames")},
		"magpie: panic: 7\n\nframes":                 {Value: 7, Stack: []byte("frames")},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
	if !errors.Is(&future.PanicError{Value: io.EOF}, io.EOF) {
		t.Error("the error that was the panic's value is not found")
	}
}
