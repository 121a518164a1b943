package stats

import (
	"errors"
	"io"
	"net"
	"os"

	"github.com/magpie-go/magpie/wire/http1"
	"github.com/magpie-go/magpie/wire/ws"
)

// Kind is a kind of failure. Failures are counted by kind, under the names that String
// gives.
type Kind uint8

// The kinds of failure.
const (
	Other         Kind = iota // none of the below
	Refused                   // nobody listens there
	Unreachable               // no route, host or network down
	Reset                     // the peer or the kernel broke the connection
	EOF                       // the peer closed before the reply was complete, or the handshake was done
	Timeout                   // no complete reply within the timeout
	Descriptors               // this process or this machine is out of descriptors
	Ports                     // no local port is free
	WrongEcho                 // the reply is not what was sent
	BadResponse               // the reply is not HTTP, or not this protocol
	HTTP4xx                   // the status was 400 to 499
	HTTP5xx                   // the status was 500 or above
	TLS                       // the handshake of TLS failed: a certificate, a version, an alert
	Lost                      // no datagram answered within the timeout
	ErrorReply                // the reply is an error of its protocol
	StreamReset               // the peer reset the stream of the request
	GoAway                    // the peer gave the connection up because of an error
	CheckFailed               // the reply is not what was asked of it
	ExtractFailed             // the reply does not have what later steps need of it
	DNS                       // the target\'s name does not resolve
	kinds
)

var kindNames = [kinds]string{
	"other", "refused", "unreachable", "reset", "eof", "timeout", "descriptors_exhausted",
	"ports_exhausted", "wrong_echo", "bad_response", "http_4xx", "http_5xx",
	"tls", "lost", "error_reply", "stream_reset", "goaway", "check_failed", "extract_failed", "dns",
}

// String returns the name that reports use.
func (k Kind) String() string { return kindNames[k] }

// KindNames returns the names of all kinds.
func KindNames() []string { return kindNames[:] }

// ErrWrongEcho is the failure of a reply that differs from what was sent.
var ErrWrongEcho = errors.New("the reply is not what was sent")

// ErrSurplus is the failure of bytes that come after a reply was complete.
var ErrSurplus = errors.New("surplus bytes")

// ErrEarly is the failure of a reply that was complete before its request was.
var ErrEarly = errors.New("early reply")

// What other failures are, each of the kind that classified says.
var (
	ErrReply       = errors.New("malformed reply")
	ErrUpgrade     = errors.New("the server does not upgrade to WebSocket")
	ErrTLS         = errors.New("handshake of TLS")
	ErrLost        = errors.New("lost")
	ErrRefusal     = errors.New("the reply is an error")
	ErrStreamReset = errors.New("the stream was reset")
	ErrGoAway      = errors.New("GOAWAY")
	ErrCheck       = errors.New("check failed")
	ErrExtract     = errors.New("nothing to extract")
)

var classified = []struct {
	err  error
	kind Kind
}{
	{ErrWrongEcho, WrongEcho}, {ErrSurplus, BadResponse}, {ErrEarly, BadResponse}, {ErrReply, BadResponse}, {ErrUpgrade, BadResponse},
	{ErrLost, Lost}, {ErrRefusal, ErrorReply}, {ErrStreamReset, StreamReset}, {ErrGoAway, GoAway}, {ErrCheck, CheckFailed},
	{ErrExtract, ExtractFailed},
}

// isRefusal reports whether a failure is what a complete reply says, which is counted as a request too.
func (k Kind) isRefusal() bool {
	return k == HTTP4xx || k == HTTP5xx || k == ErrorReply || k == CheckFailed || k == ExtractFailed
}

// Classify returns the kind of a failure.
func Classify(err error) Kind {
	var dns *net.DNSError
	var wire *http1.Error
	var frame *ws.Error
	for _, c := range classified {
		if errors.Is(err, c.err) {
			return c.kind
		}
	}
	switch {
	case errors.As(err, &dns):
		return DNS
	case errors.As(err, &wire), errors.As(err, &frame):
		return BadResponse
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return EOF
	}
	for _, e := range errnos {
		if errors.Is(err, e.errno) {
			return e.kind
		}
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return Timeout
	case errors.Is(err, ErrTLS):
		return TLS
	}
	return Other
}

// classifyStatus returns the kind of failure that a status is, if it is one.
func classifyStatus(status int) (Kind, bool) {
	switch {
	case status >= 500:
		return HTTP5xx, true
	case status >= 400:
		return HTTP4xx, true
	}
	return 0, false
}
