package http1

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// read feeds input in pieces of the given size and returns what is left of it.
func read(r *Response, input string, piece int) (rest string, err error) {
	var buf []byte
	for {
		n, err := r.Feed(buf)
		buf = buf[n:]
		if err != nil || r.Done() {
			return string(buf) + input, err
		}
		if input == "" {
			return string(buf), r.EOF()
		}
		take := min(piece, len(input))
		buf = append(buf, input[:take]...)
		input = input[take:]
	}
}

var responses = []struct {
	name, input string
	toHead      bool
	status      int
	content     string
	keepAlive   bool
	rest        string
	err         error
}{
	{name: "length", input: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200, content: "hello", keepAlive: true},
	{name: "what follows stays", input: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP", status: 200, content: "ab", keepAlive: true, rest: "HTTP"},
	{name: "any case, no blanks", input: "HTTP/1.1 200\r\ncontent-LENGTH:1\r\n\r\nx", status: 200, content: "x", keepAlive: true},
	{name: "bare LF", input: "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", status: 200, content: "x", keepAlive: true},
	{name: "close", input: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: TE, Close\r\n\r\n", status: 200},
	{name: "1.0 closes", input: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", status: 200, content: "x"},
	{name: "1.0 stays if it says so", input: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx", status: 200, content: "x", keepAlive: true},
	{name: "to the end", input: "HTTP/1.1 200 OK\r\n\r\nall of it", status: 200, content: "all of it"},
	{name: "1.0 knows no chunks", input: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: 200, content: "0\r\n\r\n"},
	{name: "to HEAD", toHead: true, input: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", status: 200, keepAlive: true},
	{name: "to HEAD, chunked", toHead: true, input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", status: 200, keepAlive: true},
	{name: "204", input: "HTTP/1.1 204 No Content\r\n\r\nrest", status: 204, keepAlive: true, rest: "rest"},
	{name: "304 with length", input: "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", status: 304, keepAlive: true},
	{name: "interim", input: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\ny", status: 201, content: "y", keepAlive: true},
	{name: "101 ends HTTP", input: "HTTP/1.1 101 Switching Protocols\r\n\r\n\x81", status: 101, rest: "\x81"},
	{name: "chunks", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n!", status: 200, content: "hello0123456789", keepAlive: true, rest: "!"},
	{name: "trailers", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nDigest: 1\r\n\r\n", status: 200, keepAlive: true},
	{name: "chunked over length", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n1\r\nx\r\n0\r\n\r\n", status: 200, content: "x", keepAlive: true},
	{name: "the same length twice", input: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", status: 200, content: "x", keepAlive: true},
	{name: "folded", input: "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 1\r\n\r\nx", status: 200, content: "x", keepAlive: true},
	{name: "folded length", input: "HTTP/1.1 200 OK\r\nContent-Length:\r\n \r\n\t 3 \r\nA: b\r\n\r\nxyz!", status: 200, content: "xyz", keepAlive: true, rest: "!"},
	{name: "folded list", input: "HTTP/1.1 200 OK\nContent-Length: 0\nConnection: x,\n\tclose\n\n", status: 200},
	{name: "fold without content", input: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n \r\n\r\n", status: 200, keepAlive: true},
	{name: "folded interim", input: "HTTP/1.1 103 Early Hints\r\nLink: x;\r\n y\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", status: 204, keepAlive: true},
	{name: "folded trailers", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\nA: b\r\n c\r\n\t\r\n\r\n!", status: 200, keepAlive: true, rest: "!"},

	{name: "nothing", input: "", err: io.EOF},
	{name: "cut in the header", input: "HTTP/1.1 200 OK\r\nContent-Le", status: 200, err: io.ErrUnexpectedEOF},
	{name: "cut in the content", input: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", status: 200, content: "hel", err: io.ErrUnexpectedEOF},
	{name: "cut in a chunk", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", status: 200, content: "hel", err: io.ErrUnexpectedEOF},
	{name: "another protocol", input: "SSH-2.0-OpenSSH_9.2\r\n", err: ErrStatusLine},
	{name: "HTTP/2", input: "HTTP/2.0 200 OK\r\n\r\n", err: ErrVersion},
	{name: "status of letters", input: "HTTP/1.1 2x0 OK\r\n\r\n", err: ErrStatusCode},
	{name: "short status", input: "HTTP/1.1 20 OK\r\n\r\n", err: ErrStatusCode},
	{name: "status below 100", input: "HTTP/1.1 099 OK\r\n\r\n", err: ErrStatusCode},
	{name: "no colon", input: "HTTP/1.1 200 OK\r\nContent-Length 5\r\n\r\n", status: 200, err: ErrField},
	{name: "no name", input: "HTTP/1.1 200 OK\r\n: 5\r\n\r\n", status: 200, err: ErrField},
	{name: "blank before the colon", input: "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", status: 200, err: ErrFieldName},
	{name: "begins folded", input: "HTTP/1.1 200 OK\r\n A: b\r\n\r\n", status: 200, err: ErrFolded},
	{name: "folded before the colon", input: "HTTP/1.1 200 OK\r\nContent-Length\r\n : 5\r\n\r\n", status: 200, err: ErrFieldName},
	{name: "control character in a fold", input: "HTTP/1.1 200 OK\r\nA: b\r\n \x01\r\n\r\n", status: 200, err: ErrFieldValue},
	{name: "trailers begin folded", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n A: b\r\n\r\n", status: 200, err: ErrFolded},
	{name: "endless folds", input: "HTTP/1.1 200 OK\r\nA: b\r\n" + strings.Repeat(" c\r\n", MaxHead/4), status: 200, err: ErrHeadSize},
	{name: "control character", input: "HTTP/1.1 200 OK\r\nA: b\x00\r\n\r\n", status: 200, err: ErrFieldValue},
	{name: "length of letters", input: "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n", status: 200, err: ErrLength},
	{name: "signed length", input: "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", status: 200, err: ErrLength},
	{name: "empty length", input: "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", status: 200, err: ErrLength},
	{name: "length beyond int64", input: "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n", status: 200, err: ErrLength},
	{name: "two lengths", input: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", status: 200, err: ErrLength},
	{name: "two spellings of a length", input: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 01\r\n\r\n", status: 200, err: ErrLength},
	{name: "gzip coding", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", status: 200, err: ErrEncoding},
	{name: "chunked twice", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", status: 200, err: ErrEncoding},
	{name: "trailer that frames", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: content-length\r\n\r\n", status: 200, err: ErrTrailerName},
	{name: "chunk size of letters", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", status: 200, err: ErrChunkLine},
	{name: "no chunk size", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", status: 200, err: ErrChunkLine},
	{name: "bare LF after a chunk size", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n", status: 200, err: ErrChunkLine},
	{name: "huge chunk", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", status: 200, err: ErrChunkSize},
	{name: "longer than its chunk", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n", status: 200, content: "x", err: ErrChunkEnd},
	{name: "nothing but overhead", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+strings.Repeat("e", 2000)+"\r\nx\r\n", 9), status: 200, content: "xxxxxxxx", err: ErrChunkExcess},
	{name: "endless line", input: "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", MaxHead), status: 200, err: ErrHeadSize},
	{name: "endless header", input: "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", MaxHead/6), status: 200, err: ErrHeadSize},
	{name: "endless interim responses", input: strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", MaxHead/25+1), status: 100, err: ErrHeadSize},
	{name: "endless trailers", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("A: b\r\n", MaxHead/6+1), status: 200, err: ErrHeadSize},
}

func TestResponse(t *testing.T) {
	for _, c := range responses {
		for _, piece := range []int{1, 2, 7, 1 << 20} {
			if piece < 7 && len(c.input) > 8<<10 {
				continue // an unfinished line is looked at again with every byte
			}
			var content strings.Builder
			r := Response{Sink: func(p []byte) { content.Write(p) }}
			r.Reset(c.toHead)
			rest, err := read(&r, c.input, piece)
			if !errors.Is(err, c.err) {
				t.Errorf("%s, by %d: error %v, want %v", c.name, piece, err, c.err)
				continue
			}
			if r.Status() != c.status || content.String() != c.content || r.Content() != int64(len(c.content)) {
				t.Errorf("%s, by %d: status %d, content %q (%d), want %d, %q", c.name, piece, r.Status(), content.String(), r.Content(), c.status, c.content)
			}
			if c.err == nil && (!r.Done() || rest != c.rest || r.KeepAlive() != c.keepAlive) {
				t.Errorf("%s, by %d: done %v, rest %q, keep-alive %v, want %q, %v", c.name, piece, r.Done(), rest, r.KeepAlive(), c.rest, c.keepAlive)
			}
		}
	}
}

// The limit of a header counts what is folded, and the trailers apart.
func TestResponseMaxHead(t *testing.T) {
	const begin, end = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", "\r\n"
	for _, c := range []struct {
		name, input string
		limit       int
		err         error
	}{
		{"as large as allowed", begin + end + "0\r\n\r\n", len(begin + end), nil},
		{"a byte larger", begin + end + "0\r\n\r\n", len(begin+end) - 1, ErrHeadSize},
		{"within a line", begin, len(begin) - 30, ErrHeadSize},
		{"in a fold", begin + "A:\r\n " + strings.Repeat("b", 100), len(begin) + 50, ErrHeadSize},
		{"trailers are counted apart", begin + end + "0\r\n" + "A: b\r\n\r\n", len(begin + end), nil},
		{"trailers have a limit too", begin + end + "0\r\n" + strings.Repeat("A: b\r\n", 20), len(begin + end), ErrHeadSize},
		{"above the usual one", begin + "A: " + strings.Repeat("b", 2*MaxHead) + "\r\n" + end + "0\r\n\r\n", 3 * MaxHead, nil},
	} {
		r := Response{MaxHead: c.limit}
		for range 2 { // the second time after a Reset that keeps the limit
			r.Reset(false)
			if _, err := read(&r, c.input, 1<<20); err != c.err {
				t.Errorf("%s: %v, want %v", c.name, err, c.err)
			}
		}
	}
}

func TestResponseDoesNotAllocate(t *testing.T) {
	input := []byte("HTTP/1.1 200 OK\r\nDate: today\r\nConnection:\r\n keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
	var r Response
	allocs := testing.AllocsPerRun(100, func() {
		r.Reset(false)
		if n, err := r.Feed(input); n != len(input) || err != nil || !r.Done() {
			t.Fatalf("took %d of %d bytes: %v", n, len(input), err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations a response", allocs)
	}
}

func BenchmarkResponse(b *testing.B) {
	input := []byte("HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 10:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!")
	var r Response
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(false)
		if _, err := r.Feed(input); err != nil {
			b.Fatal(err)
		}
	}
}

func TestResponseTrailers(t *testing.T) {
	const message = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nOne: 1\r\nTwo: first\r\n \tsecond\r\n\tthird \r\nThree:\r\n\r\n"
	r := Response{Keep: true}
	for round := range 2 {
		r.Reset(false)
		if rest, err := read(&r, message, 1+round); rest != "" || err != nil {
			t.Fatalf("%q is left, %v", rest, err)
		}
		var got []string
		for name, value := range r.Trailers() {
			got = append(got, string(name)+"="+string(value))
		}
		if want := []string{"One=1", "Two=first second third", "Three="}; !slices.Equal(got, want) {
			t.Errorf("round %d: %q, want %q", round, got, want)
		}
	}
}

// The fields of a header are handed over as they are noted, and what is said of the length is known.
func TestResponseFields(t *testing.T) {
	for _, c := range []struct {
		input, fields string
		toHead        bool
		length        int64
	}{
		{"HTTP/1.1 200 OK\r\na:  b \r\nA: \r\nContent-Length: 1\r\n\r\nx", "a=b;A=;Content-Length=1;", false, 1},
		{"HTTP/1.1 200 OK\r\nX: a,\r\n\tb\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\nT: 1\r\n\r\n", "X=a, b;Transfer-Encoding=chunked;Content-Length=1;", false, -1},
		{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "Link=x;Content-Length=5;", true, 5},
		{"HTTP/1.1 204 No Content\r\n\r\n", "", false, -1},
	} {
		fields := ""
		r := Response{Field: func(name, value []byte) { fields += string(name) + "=" + string(value) + ";" }}
		for range 2 { // Reset keeps it
			fields = ""
			r.Reset(c.toHead)
			if rest, err := read(&r, c.input, 3); rest != "" || err != nil || fields != c.fields || r.ContentLength() != c.length {
				t.Errorf("%q: %q left, %v, fields %s, length %d", c.input, rest, err, fields, r.ContentLength())
			}
		}
	}
}
