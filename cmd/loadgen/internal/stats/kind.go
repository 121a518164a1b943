package stats

import (
	"errors"
	"io"
	"net"
	"os"

	"github.com/magpie-go/magpie/wire/http1"
)

// Kind is a kind of failure. Failures are counted by kind, under the names that String
// gives.
type Kind uint8

// The kinds of failure.
const (
	Other       Kind = iota // none of the below
	Refused                 // nobody listens there
	Unreachable             // no route, host or network down
	Reset                   // the peer or the kernel broke the connection
	EOF                     // the peer closed before the reply was complete
	Timeout                 // no complete reply within the timeout
	Descriptors             // this process or this machine is out of descriptors
	Ports                   // no local port is free
	WrongEcho               // the reply is not what was sent
	BadResponse             // the reply is not HTTP, or not this protocol
	HTTP4xx                 // the status was 400 to 499
	HTTP5xx                 // the status was 500 or above
	kinds
)

var kindNames = [kinds]string{
	"other", "refused", "unreachable", "reset", "eof", "timeout", "descriptors_exhausted",
	"ports_exhausted", "wrong_echo", "bad_response", "http_4xx", "http_5xx",
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

// Classify returns the kind of a failure.
func Classify(err error) Kind {
	var dns *net.DNSError
	var wire *http1.Error
	switch {
	case errors.Is(err, ErrWrongEcho):
		return WrongEcho
	case errors.As(err, &wire), errors.Is(err, ErrSurplus), errors.Is(err, ErrEarly):
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
	case errors.As(err, &dns):
		return Unreachable
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
