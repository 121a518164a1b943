package http1

// Error is a message that breaks the rules. As a request it is answered with Status.
// The errors of this package are comparable by ==.
type Error struct {
	Status int // the answer a server gives: 400, 417, 431, 501 or 505
	text   string
}

func (e *Error) Error() string { return "http: " + e.text }

// What can be wrong with a message.
var (
	ErrStatusLine  = &Error{400, "the status line is not \"HTTP/1.x NNN reason\""}
	ErrStatusCode  = &Error{400, "the status is not a number from 100 to 999"}
	ErrRequestLine = &Error{400, "the request line is not \"METHOD target HTTP/1.x\""}
	ErrVersion     = &Error{505, "the version is not HTTP/1.x"}
	ErrHeadSize    = &Error{431, "the header is larger than the limit"}
	ErrBareLF      = &Error{400, "a line does not end with CRLF"}
	ErrFolded      = &Error{400, "a header line begins with a blank"}
	ErrField       = &Error{400, "a header line is not \"name: value\""}
	ErrFieldName   = &Error{400, "a header name has a byte that is not allowed there"}
	ErrFieldValue  = &Error{400, "a header value has a control character"}
	ErrLength      = &Error{400, "the Content-Length is not one decimal number"}
	ErrEncoding    = &Error{501, "the Transfer-Encoding is not chunked"}
	ErrBothLengths = &Error{400, "there is a Content-Length beside a Transfer-Encoding"}
	ErrTrailerName = &Error{400, "a trailer has the name of a header that frames the message, or says who asks or how it is understood"}
	ErrHost        = &Error{400, "there is not exactly one Host"}
	ErrHostValue   = &Error{400, "the Host has a byte that is in no host and port"}
	ErrTarget      = &Error{400, "the request target is no path, no absolute URL and not *"}
	ErrExpect      = &Error{417, "the Expect is not 100-continue"}
	ErrChunkLine   = &Error{400, "a chunk does not begin with its size and CRLF"}
	ErrChunkSize   = &Error{400, "a chunk is larger than can be"}
	ErrChunkEnd    = &Error{400, "a chunk does not end with CRLF"}
	ErrChunkExcess = &Error{400, "the chunks have more overhead than data"}
)
