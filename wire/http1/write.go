package http1

import (
	"strconv"
	"strings"
	"time"
)

// A response is written by appending its parts to a buffer, in this order:
//
//	b = AppendStatus(b, 200)
//	b = AppendField(b, "Content-Type", "text/plain")
//	b = AppendLength(b, 13)
//	b = AppendEnd(b)
//	b = append(b, "Hello, World!"...)
//
// Names and values that do not come from the program itself are checked by CheckField first:
// one with a line end in it would end the field, and begin another one.

// AppendStatus appends the status line.
func AppendStatus(b []byte, status int) []byte {
	if status >= 0 && status < len(statusLines) && statusLines[status] != "" {
		return append(b, statusLines[status]...)
	}
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	return append(b, " \r\n"...)
}

// StatusText returns the reason phrase of a status, or "".
func StatusText(status int) string {
	if status < 0 || status >= len(statusLines) || statusLines[status] == "" {
		return ""
	}
	line := statusLines[status]
	return line[len("HTTP/1.1 200 ") : len(line)-2]
}

// AppendField appends a field, which the caller has checked.
func AppendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// AppendLength appends the field Content-Length.
func AppendLength(b []byte, n int64) []byte {
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, n, 10)
	return append(b, "\r\n"...)
}

// AppendDate appends the field Date, in the one form that may be sent.
func AppendDate(b []byte, t time.Time) []byte {
	b = append(b, "Date: "...)
	b = t.UTC().AppendFormat(b, "Mon, 02 Jan 2006 15:04:05 GMT")
	return append(b, "\r\n"...)
}

// AppendChunked appends the field that says that the content comes in chunks.
func AppendChunked(b []byte) []byte { return append(b, "Transfer-Encoding: chunked\r\n"...) }

// AppendEnd ends the header, or the trailers.
func AppendEnd(b []byte) []byte { return append(b, "\r\n"...) }

// AppendChunk appends p as one chunk. Of an empty p it appends nothing: that would be the
// last chunk.
func AppendChunk(b, p []byte) []byte {
	if len(p) == 0 {
		return b
	}
	b = AppendChunkSize(b, len(p))
	b = append(b, p...)
	return append(b, "\r\n"...)
}

// AppendChunkSize appends the line before a chunk of n bytes, after which come the bytes and
// a CRLF.
func AppendChunkSize(b []byte, n int) []byte {
	b = strconv.AppendUint(b, uint64(n), 16)
	return append(b, "\r\n"...)
}

// AppendLastChunk appends the chunk of no bytes, after which come trailers, if any, and
// AppendEnd.
func AppendLastChunk(b []byte) []byte { return append(b, "0\r\n"...) }

// CheckField reports what is wrong with a field to be sent: [ErrFieldName] or
// [ErrFieldValue], or nil. Values may have bytes beyond ASCII, and tabs.
func CheckField(name, value string) error {
	if len(name) == 0 {
		return ErrFieldName
	}
	for i := range len(name) {
		if !isToken[name[i]] {
			return ErrFieldName
		}
	}
	for i := range len(value) {
		if b := value[i]; b < ' ' && b != '\t' || b == 0x7f {
			return ErrFieldValue
		}
	}
	return nil
}

// CheckTrailer is CheckField for a trailer, and reports [ErrTrailerName] for the name of a field that has to be known before the content:
// one that frames the message, belongs to the connection, or says who asks or how the message is to be understood (RFC 9110, 6.5.1).
func CheckTrailer(name, value string) error {
	if err := CheckField(name, value); err != nil {
		return err
	}
	for _, other := range noTrailers {
		if len(name) == len(other) && strings.EqualFold(name, other) {
			return ErrTrailerName
		}
	}
	return nil
}

var noTrailers = [...]string{"Authorization", "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Range", "Content-Type", "Cookie",
	"Expect", "Host", "Keep-Alive", "Max-Forwards", "Pragma", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Range", "Set-Cookie", "TE",
	"Trailer", "Transfer-Encoding", "Upgrade", "WWW-Authenticate"}

var statusLines = func() (lines [512]string) {
	for status, text := range map[int]string{
		100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints",
		200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
		205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used",
		300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
		305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
		400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
		405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
		409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Request Entity Too Large",
		414: "Request URI Too Long", 415: "Unsupported Media Type", 416: "Requested Range Not Satisfiable",
		417: "Expectation Failed", 418: "I'm a teapot", 421: "Misdirected Request", 422: "Unprocessable Entity",
		423: "Locked", 424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
		429: "Too Many Requests", 431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
		500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
		504: "Gateway Timeout", 505: "HTTP Version Not Supported", 506: "Variant Also Negotiates",
		507: "Insufficient Storage", 508: "Loop Detected", 510: "Not Extended", 511: "Network Authentication Required",
	} {
		lines[status] = "HTTP/1.1 " + strconv.Itoa(status) + " " + text + "\r\n"
	}
	return lines
}()
