package ws

import (
	"errors"
	"strings"
)

// Error is a peer that breaks the rules. A connection answers it by a close frame with Code, and ends. Errors of this package
// are comparable by ==.
type Error struct {
	Code uint16
	text string
}

func (e *Error) Error() string { return "websocket: " + e.text }

// What can be wrong with a frame.
var (
	ErrReserved        = &Error{ProtocolError, "a reserved bit is set that nothing was negotiated for"}
	ErrOpcode          = &Error{ProtocolError, "a frame has an opcode that means nothing"}
	ErrControlFragment = &Error{ProtocolError, "a control frame is fragmented"}
	ErrControlSize     = &Error{ProtocolError, "a control frame carries more than 125 bytes"}
	ErrLength          = &Error{ProtocolError, "a length is not in its shortest form"}
	ErrMasked          = &Error{ProtocolError, "a frame of a server is masked"}
	ErrNotMasked       = &Error{ProtocolError, "a frame of a client is not masked"}
	ErrNothingBegun    = &Error{ProtocolError, "a fragment goes on with a message that has not begun"}
	ErrNotEnded        = &Error{ProtocolError, "a message begins before the last one has ended"}
	ErrAfterClose      = &Error{ProtocolError, "a frame comes after a close frame"}
	ErrCloseCode       = &Error{ProtocolError, "a close frame has a code that may not be sent"}
	ErrCloseSize       = &Error{ProtocolError, "a close frame carries a single byte"}
	ErrUTF8            = &Error{BadData, "a text is not UTF-8"}
	ErrDeflate         = &Error{BadData, "a compressed message cannot be decompressed"}
	ErrTooBig          = &Error{TooBig, "a message is larger than the limit"}
)

// Close codes.
const (
	Normal          = 1000
	GoingAway       = 1001
	ProtocolError   = 1002
	Unsupported     = 1003
	NoStatus        = 1005 // is never sent: there was none
	Abnormal        = 1006 // is never sent: there was no close frame
	BadData         = 1007
	PolicyViolation = 1008
	TooBig          = 1009
	NoExtension     = 1010
	InternalError   = 1011
)

// CloseOf returns the code that an error is answered with.
func CloseOf(err error) uint16 {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return InternalError
}

// MaySend reports whether a close frame may have this code: those of the standard and of its registry, and from 3000 on those of
// libraries and applications.
func MaySend(code uint16) bool {
	return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// AppendClosing appends the content of a close frame. Of NoStatus that is nothing. A reason is cut to what a control frame may carry,
// between characters; what of it is not UTF-8, which may not be sent, becomes U+FFFD.
func AppendClosing(b []byte, code uint16, reason string) []byte {
	if code == NoStatus {
		return b
	}
	reason = strings.ToValidUTF8(reason, "\ufffd")
	for len(reason) > MaxControl-2 {
		n := MaxControl - 2
		for n > 0 && reason[n]&0xc0 == 0x80 {
			n--
		}
		reason = reason[:n]
	}
	return append(append(b, byte(code>>8), byte(code)), reason...)
}

// ParseClosing reads the content of a close frame; code is NoStatus if that is empty.
func ParseClosing(p []byte) (code uint16, reason []byte, err error) {
	switch len(p) {
	case 0:
		return NoStatus, nil, nil
	case 1:
		return 0, nil, ErrCloseSize
	}
	code = uint16(p[0])<<8 | uint16(p[1])
	if !MaySend(code) {
		return code, nil, ErrCloseCode
	}
	var text UTF8
	if !text.Feed(p[2:]) || !text.Whole() {
		return code, nil, ErrUTF8
	}
	return code, p[2:], nil
}
