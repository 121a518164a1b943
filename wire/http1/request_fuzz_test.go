package http1

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// stricterRequest are the errors with which Request may refuse what net/http takes.
var stricterRequest = []error{
	ErrBareLF, ErrFolded, ErrFieldName, ErrBothLengths, ErrEncoding, ErrTrailerName,
	ErrHeadSize, ErrChunkExcess, ErrChunkSize,
	// These net/http's server checks, and its ReadRequest does not: serve/web has a table
	// of them.
	ErrVersion, ErrHost, ErrHostValue, ErrExpect,
}

// asked is what was understood of a request.
type asked struct {
	method, target, host, path, query string
	fields, content, trailers         string
	keepAlive                         bool
	rest                              int
}

// askedByStandard reads input with net/http.
func askedByStandard(input []byte) (a asked, err error) {
	raw := bytes.NewReader(input)
	buf := bufio.NewReaderSize(raw, len(input)+16) // for trailers, as with responses
	req, err := http.ReadRequest(buf)
	if err != nil {
		return a, err
	}
	content, err := io.ReadAll(req.Body)
	if err != nil {
		return a, err
	}
	a = asked{method: req.Method, target: req.RequestURI, host: req.Host, content: string(content), keepAlive: !req.Close, rest: raw.Len() + buf.Buffered()}
	a.path, a.query = req.URL.EscapedPath(), req.URL.RawQuery
	a.fields, a.trailers = printed(req.Header), printed(req.Trailer)
	return a, nil
}

// printed leaves out what net/http takes out of the header, or changes.
func printed(h http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		switch name {
		case "Host", "Transfer-Encoding", "Content-Length", "Trailer", "Connection", "Pragma", "Cache-Control":
		default:
			if len(h[name]) > 0 { // a trailer that was announced and did not come
				fmt.Fprintf(&b, "%s: %q\n", name, h[name])
			}
		}
	}
	return b.String()
}

// askedHere reads input with Request, in pieces of the given size.
func askedHere(input []byte, piece int) (a asked, err error) {
	r := Request{Keep: true}
	at, fed := 0, 0 // input[at:fed] is there and not taken
	var content []byte
	for {
		n, err := r.FeedHead(input[at:fed])
		at += n
		for err == nil && r.HeadDone() {
			var p []byte
			n, p, err = r.FeedBody(input[at:fed])
			at += n
			content = append(content, p...)
			if n == 0 {
				break
			}
		}
		if err != nil {
			return a, err
		}
		if r.Done() {
			break
		}
		if fed == len(input) {
			return a, io.ErrUnexpectedEOF
		}
		fed = min(fed+piece, len(input))
	}
	r.Bind(input)
	a = asked{method: string(r.Method()), target: string(r.Target()), host: string(r.Host()), content: string(content), keepAlive: r.KeepAlive(), rest: len(input) - at}
	a.path, a.query = string(r.Path()), string(r.RawQuery())
	h, trailers := http.Header{}, http.Header{}
	for name, value := range r.Fields() {
		h.Add(string(name), string(value))
	}
	for name, value := range r.Trailers() {
		trailers.Add(string(name), string(value))
	}
	a.fields, a.trailers = printed(h), printed(trailers)
	return a, nil
}

func FuzzRequest(f *testing.F) {
	for _, c := range requests {
		if len(c.input) < 4<<10 {
			f.Add([]byte(c.input), byte(3))
		}
	}
	for _, c := range smuggling {
		f.Add([]byte(c.input), byte(2))
	}
	f.Fuzz(func(t *testing.T, input []byte, piece byte) {
		// Blank lines before it are ignored here and refused there.
		input = bytes.TrimLeft(input, "\r\n")
		want, wantErr := askedByStandard(input)

		var r Request
		rest, err := readRequest(&r, string(input), int(piece)+1)
		got, keptErr := askedHere(input, int(piece)+1)
		if (err == nil) != (keptErr == nil) || err == nil && len(rest) != got.rest {
			t.Fatalf("Feed: %v, %d left; with Keep: %v, %d left", err, len(rest), keptErr, got.rest)
		}
		if err != nil {
			if wantErr == nil && !slices.Contains(stricterRequest, err) {
				t.Fatalf("refused (%v) what net/http takes: %+v", err, want)
			}
			return
		}
		if wantErr != nil {
			t.Fatalf("took what net/http refuses: %v", wantErr)
		}
		if got.target[0] != '/' {
			// Of other forms net/http mends the path and the host.
			got.path, got.query, got.host = want.path, want.query, want.host
		}
		got.path = want.path // net/http may escape it otherwise
		if got.keepAlive = got.keepAlive || r.HTTP10(); r.HTTP10() {
			want.keepAlive = got.keepAlive
		}
		if got != want || r.IsHead() != (want.method == http.MethodHead) {
			t.Fatalf("got\n%+v, net/http\n%+v", got, want)
		}
	})
}
