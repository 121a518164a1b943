package httpwire

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"testing"
)

// stricterRequest are the errors with which Request may refuse what net/http takes.
var stricterRequest = []error{
	ErrFolded, ErrFieldName, ErrBothLengths, ErrEncoding, ErrTrailerName,
	ErrHeadSize, ErrChunkExcess, ErrChunkSize,
	// These net/http's server checks, and its ReadRequest does not: package server has
	// a table of them.
	ErrVersion, ErrHost, ErrHostValue, ErrExpect,
}

type asked struct {
	isHead, keepAlive bool
	rest              int
}

// askedByStandard reads input with net/http.
func askedByStandard(input []byte) (a asked, err error) {
	raw := bytes.NewReader(input)
	buf := bufio.NewReaderSize(raw, len(input)+16) // for trailers, as with responses
	req, err := http.ReadRequest(buf)
	if err != nil {
		return a, err
	}
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return a, err
	}
	return asked{req.Method == http.MethodHead, !req.Close, raw.Len() + buf.Buffered()}, nil
}

func FuzzRequest(f *testing.F) {
	for _, c := range requests {
		if len(c.input) < 4<<10 {
			f.Add([]byte(c.input), byte(3))
		}
	}
	f.Fuzz(func(t *testing.T, input []byte, piece byte) {
		// Blank lines before it are ignored here and refused there.
		input = bytes.TrimLeft(input, "\r\n")
		want, wantErr := askedByStandard(input)

		var r Request
		rest, err := readRequest(&r, string(input), int(piece)+1)
		if err != nil {
			if wantErr == nil && !slices.Contains(stricterRequest, err) {
				t.Fatalf("refused (%v) what net/http takes: %+v", err, want)
			}
			return
		}
		if wantErr != nil {
			t.Fatalf("took what net/http refuses: %v", wantErr)
		}
		if got := (asked{r.IsHead(), r.KeepAlive(), len(rest)}); got != want {
			t.Fatalf("got %+v, net/http %+v", got, want)
		}
	})
}
