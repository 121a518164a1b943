package http1

import (
	"strings"
	"testing"
)

// What has served to smuggle one request inside another, side by side with net/http's
// ReadRequest. refused is what this package says to it, nil where it takes it; then
// net/http has to take it too, and for the same. lenient tells that net/http takes what is
// refused here.
var smuggling = []struct {
	name, input string
	refused     *Error
	lenient     bool
}{
	{name: "two lengths", input: post("Content-Length: 3", "Content-Length: 5") + "abcde", refused: ErrLength},
	{name: "the same length twice", input: post("Content-Length: 3", "Content-Length: 3") + "abc"},
	{name: "a list of lengths", input: post("Content-Length: 3, 3") + "abc", refused: ErrLength},
	{name: "a signed length", input: post("Content-Length: +3") + "abc", refused: ErrLength},
	{name: "a negative length", input: post("Content-Length: -3") + "abc", refused: ErrLength},
	{name: "a hexadecimal length", input: post("Content-Length: 0x3") + "abc", refused: ErrLength},
	{name: "a length with an underscore", input: post("Content-Length: 1_0") + "abcdefghij", refused: ErrLength},
	{name: "an empty length", input: post("Content-Length:"), refused: ErrLength},
	{name: "a length in full-width digits", input: post("Content-Length: \uff13") + "abc", refused: ErrLength},
	{name: "a length beyond int64", input: post("Content-Length: 9223372036854775808"), refused: ErrLength},
	{name: "a length with a vertical tab", input: post("Content-Length: \v3") + "abc", refused: ErrFieldValue},

	{name: "both framings", input: post("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n", refused: ErrBothLengths, lenient: true},
	{name: "both framings, the other way", input: post("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n", refused: ErrBothLengths, lenient: true},
	{name: "chunked twice", input: post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n", refused: ErrEncoding},
	{name: "chunked and identity", input: post("Transfer-Encoding: chunked, identity") + "0\r\n\r\n", refused: ErrEncoding},
	{name: "identity", input: post("Transfer-Encoding: identity"), refused: ErrEncoding},
	{name: "gzip and chunked", input: post("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n", refused: ErrEncoding},
	{name: "chunked in quotes", input: post("Transfer-Encoding: \"chunked\"") + "0\r\n\r\n", refused: ErrEncoding},
	{name: "chunked with a parameter", input: post("Transfer-Encoding: chunked;q=1") + "0\r\n\r\n", refused: ErrEncoding},
	{name: "chunked after a vertical tab", input: post("Transfer-Encoding: \vchunked") + "0\r\n\r\n", refused: ErrFieldValue},
	{name: "xchunked", input: post("Transfer-Encoding: xchunked") + "0\r\n\r\n", refused: ErrEncoding},
	{name: "chunked in upper case", input: post("Transfer-Encoding: CHUNKED") + "0\r\n\r\n"},
	{name: "chunked between blanks", input: post("Transfer-Encoding: \t chunked \t") + "0\r\n\r\n"},
	{name: "an empty coding", input: post("Transfer-Encoding:"), refused: ErrEncoding},
	{name: "chunks in 1.0", input: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", refused: ErrBothLengths, lenient: true},

	{name: "a blank before the colon", input: post("Content-Length : 3") + "abc", refused: ErrFieldName, lenient: true},
	{name: "a tab before the colon", input: post("Transfer-Encoding\t: chunked") + "0\r\n\r\n", refused: ErrFieldName},
	{name: "a blank before the name", input: "POST / HTTP/1.1\r\n Host: x\r\n\r\n", refused: ErrFolded},
	{name: "obs-fold", input: post("A: b\r\n c"), refused: ErrFolded, lenient: true},
	{name: "obs-fold of a coding", input: post("Transfer-Encoding:\r\n chunked") + "0\r\n\r\n", refused: ErrFolded, lenient: true},
	{name: "no colon", input: post("Content-Length"), refused: ErrField},
	{name: "no name", input: post(": x"), refused: ErrField},
	{name: "NUL in a name", input: post("Content-Length\x00: 3") + "abc", refused: ErrFieldName},
	{name: "NUL in a value", input: post("A: b\x00c"), refused: ErrFieldValue},
	{name: "NUL in the target", input: "GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", refused: ErrTarget},
	{name: "CR in a value", input: post("A: b\rContent-Length: 3"), refused: ErrFieldValue},
	{name: "CR before CRLF", input: post("A: b\r"), refused: ErrFieldValue},
	{name: "a letter beyond ASCII in a name", input: post("Content-L\xc3\xa9ngth: 3"), refused: ErrFieldName},
	{name: "an underscore in a name", input: post("Content_Length: 3")},

	{name: "a bare LF after the request line", input: "GET / HTTP/1.1\nHost: x\r\n\r\n", refused: ErrBareLF, lenient: true},
	{name: "a bare LF after a field", input: "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", refused: ErrBareLF, lenient: true},
	{name: "a bare LF at the end", input: "GET / HTTP/1.1\r\nHost: x\r\n\n", refused: ErrBareLF, lenient: true},
	{name: "a bare LF after a chunk size", input: chunks("3\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a bare LF after a chunk", input: chunks("3\r\nabc\n0\r\n\r\n"), refused: ErrChunkEnd},
	{name: "a bare LF after the last chunk", input: chunks("0\n\r\n"), refused: ErrChunkLine},

	{name: "no chunk size", input: chunks("\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a signed chunk size", input: chunks("+3\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a negative chunk size", input: chunks("-3\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a prefixed chunk size", input: chunks("0x3\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a chunk size with an underscore", input: chunks("1_0\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a blank before a chunk size", input: chunks(" 3\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a chunk size that wraps round", input: chunks("10000000000000003\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkSize},
	{name: "a chunk size with leading zeros", input: chunks("00000003\r\nabc\r\n0\r\n\r\n")},
	{name: "a chunk longer than it says", input: chunks("3\r\nabcd\r\n0\r\n\r\n"), refused: ErrChunkEnd},
	{name: "an extension", input: chunks("3;a=b\r\nabc\r\n0\r\n\r\n")},
	{name: "CR in an extension", input: chunks("3;a\rb\r\nabc\r\n0\r\n\r\n"), refused: ErrChunkLine},
	{name: "a trailer that frames", input: post("Transfer-Encoding: chunked", "Trailer: Content-Length") + "0\r\n\r\n", refused: ErrTrailerName},
	{name: "a folded trailer", input: chunks("0\r\nA: b\r\n c\r\n\r\n"), refused: ErrFolded, lenient: true},
	{name: "a blank before a trailer's colon", input: chunks("0\r\nA : b\r\n\r\n"), refused: ErrFieldName, lenient: true},

	{name: "two hosts", input: "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", refused: ErrHost},
	{name: "no host", input: "GET / HTTP/1.1\r\n\r\n", refused: ErrHost, lenient: true},
	{name: "a path in the host", input: "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", refused: ErrHostValue, lenient: true},
	{name: "a user in the host", input: "GET / HTTP/1.1\r\nHost: u@x\r\n\r\n", refused: ErrHostValue, lenient: true},
	{name: "an absolute target beats the host", input: "GET http://y/a?b HTTP/1.1\r\nHost: x\r\n\r\n"},
	{name: "an asterisk", input: "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"},
	{name: "a blank in the target", input: "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", refused: ErrRequestLine},
	{name: "two blanks", input: "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", refused: ErrRequestLine},
	{name: "a tab for a blank", input: "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", refused: ErrRequestLine},
	{name: "HTTP/0.9", input: "GET /\r\n\r\n", refused: ErrRequestLine},
	{name: "HTTP/1.10", input: "GET / HTTP/1.10\r\nHost: x\r\n\r\n", refused: ErrRequestLine},
	{name: "HTTP/2.0", input: "GET / HTTP/2.0\r\nHost: x\r\n\r\n", refused: ErrVersion, lenient: true},
	{name: "a blank after the version", input: "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", refused: ErrRequestLine},
	{name: "a request in the body of a GET", input: "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 28\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\nrest"},
}

func post(fields ...string) string {
	return "POST / HTTP/1.1\r\nHost: x\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n"
}

func chunks(body string) string { return post("Transfer-Encoding: chunked") + body }

func TestSmuggling(t *testing.T) {
	for _, c := range smuggling {
		standard, standardErr := askedByStandard([]byte(c.input))
		for _, piece := range []int{1, 3, 1 << 20} {
			got, err := askedHere([]byte(c.input), piece)
			if c.refused != nil {
				if err != c.refused {
					t.Errorf("%s, by %d: %v, want %v", c.name, piece, err, c.refused)
				}
				continue
			}
			if err != nil || standardErr != nil || got != standard {
				t.Errorf("%s, by %d: %+v, %v; net/http %+v, %v", c.name, piece, got, err, standard, standardErr)
			}
		}
		if c.refused != nil && c.lenient != (standardErr == nil) {
			t.Errorf("%s: the row says that net/http takes it: %v; it says %v", c.name, c.lenient, standardErr)
		}
	}
}
