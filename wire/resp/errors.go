package resp

// Error is a peer that breaks the protocol. After it nothing on that connection can be understood any more: a
// server sends its text by [AppendError] and closes. Errors are comparable by ==, those that name a byte apart.
type Error struct{ text string }

// Error returns the text as a server sends it, less the "ERR ": "Protocol error: …", in Redis' words where it
// has some.
func (e *Error) Error() string { return "Protocol error: " + e.text }

// What can be wrong with a request.
var (
	ErrInlineSize  = &Error{"too big inline request"}
	ErrQuotes      = &Error{"unbalanced quotes in request"}
	ErrArrayLine   = &Error{"too big mbulk count string"}
	ErrArrayLength = &Error{"invalid multibulk length"}
	ErrBulkLine    = &Error{"too big bulk count string"}
	ErrBulkLength  = &Error{"invalid bulk length"}
	ErrLineEnd     = &Error{"a line does not end with CRLF"}
	ErrBulkEnd     = &Error{"a bulk string does not end with CRLF"}
	ErrTotal       = &Error{"the command is larger than the limit"}
)

// What else can be wrong with a reply. Lengths and ends of lines are as those of requests.
var (
	ErrReplyLine = &Error{"a line of the reply is longer than the limit"}
	ErrDepth     = &Error{"the reply is nested too deeply"}
	ErrNumber    = &Error{"a number is malformed"}
	ErrBool      = &Error{"a boolean is neither t nor f"}
	ErrNull      = &Error{"a null has a value"}
	ErrVerbatim  = &Error{"a verbatim string does not begin with three letters and a colon"}
)

// errExpected is an argument that does not begin with '$'.
func errExpected(c byte) error {
	return &Error{"expected '$', got '" + printable(c) + "'"}
}

// errKind is a reply of a kind that there is not.
func errKind(c byte) error {
	return &Error{"no reply begins with '" + printable(c) + "'"}
}

// printable keeps what would break a line out of an error's text.
func printable(c byte) string {
	if c < ' ' || c >= 0x7f {
		const hex = "0123456789abcdef"
		return `\x` + string([]byte{hex[c>>4], hex[c&15]})
	}
	return string([]byte{c})
}
