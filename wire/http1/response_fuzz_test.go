package http1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
)

// stricter are the errors with which Response may refuse what net/http takes: the
// leniencies that the package comment names, and the limits that net/http leaves to its
// callers.
var stricter = []error{
	ErrStatusLine, ErrStatusCode, ErrVersion, ErrFieldName,
	ErrHeadSize, ErrChunkExcess, ErrChunkSize,
}

type outcome struct {
	status    int
	content   []byte
	keepAlive bool
	rest      int
}

// byStandard reads input with net/http, interim responses skipped.
func byStandard(input []byte, method string) (o outcome, err error) {
	raw := bytes.NewReader(input)
	// Large enough for any trailer: net/http wants to see it whole.
	buf := bufio.NewReaderSize(raw, len(input)+16)
	for {
		resp, err := http.ReadResponse(buf, &http.Request{Method: method})
		if err != nil {
			return o, err
		}
		content, err := io.ReadAll(resp.Body)
		if err != nil {
			return o, err
		}
		if resp.StatusCode/100 == 1 && resp.StatusCode != 101 {
			continue
		}
		return outcome{resp.StatusCode, content, !resp.Close, raw.Len() + buf.Buffered()}, nil
	}
}

func FuzzResponse(f *testing.F) {
	for _, c := range responses {
		if len(c.input) < 4<<10 {
			f.Add([]byte(c.input), c.toHead, byte(3))
		}
	}
	f.Fuzz(func(t *testing.T, input []byte, toHead bool, piece byte) {
		method := http.MethodGet
		if toHead {
			method = http.MethodHead
		}
		want, wantErr := byStandard(input, method)

		var content bytes.Buffer
		r := Response{Sink: func(p []byte) { content.Write(p) }}
		r.Reset(toHead)
		rest, err := read(&r, string(input), int(piece)+1)

		if err != nil {
			if wantErr == nil && !slices.ContainsFunc(stricter, func(e error) bool { return errors.Is(err, e) }) {
				t.Fatalf("refused (%v) what net/http takes: %+v", err, want)
			}
			return
		}
		if wantErr != nil {
			t.Fatalf("took what net/http refuses: %v", wantErr)
		}
		got := outcome{r.Status(), content.Bytes(), r.KeepAlive(), len(rest)}
		if got.status != want.status || !bytes.Equal(got.content, want.content) || got.rest != want.rest {
			t.Fatalf("got %+v, net/http %+v", got, want)
		}
		if got.keepAlive != want.keepAlive && got.status != http.StatusSwitchingProtocols {
			t.Fatalf("keep-alive %v, net/http %v", got.keepAlive, want.keepAlive)
		}
	})
}
