package resp

import (
	"math"
	"strconv"
)

// Version is which form of the protocol a client has asked for.
type Version uint8

// The versions. A client that has not said HELLO has the second.
const (
	V2 Version = 2
	V3 Version = 3
)

const crlf = "\r\n"

// AppendSimple appends a simple string, a word or two as OK. Line ends in it become blanks.
func AppendSimple(b []byte, s string) []byte { return append(appendLine(append(b, '+'), s), crlf...) }

// AppendError appends an error. By custom it begins with a code in capitals, as "ERR no such key". Line ends in it
// become blanks.
func AppendError(b []byte, s string) []byte { return append(appendLine(append(b, '-'), s), crlf...) }

func appendLine(b []byte, s string) []byte {
	n := len(b)
	b = append(b, s...)
	for i := n; i < len(b); i++ {
		if b[i] == '\r' || b[i] == '\n' {
			b[i] = ' '
		}
	}
	return b
}

// AppendInt appends an integer.
func AppendInt(b []byte, n int64) []byte { return appendNumber(b, ':', n) }

// appendNumber appends a line of a mark and a number.
func appendNumber(b []byte, mark byte, n int64) []byte {
	if uint64(n) < 10 {
		return append(b, mark, '0'+byte(n), '\r', '\n')
	}
	return append(strconv.AppendInt(append(b, mark), n, 10), crlf...)
}

// AppendBulk appends a string of any bytes.
func AppendBulk[S []byte | string](b []byte, s S) []byte {
	b = appendNumber(b, '$', int64(len(s)))
	return append(append(b, s...), crlf...)
}

// AppendArray appends the head of an array of n elements, which are to be appended next.
func AppendArray(b []byte, n int) []byte { return appendNumber(b, '*', int64(n)) }

// AppendCommand appends a command as a client sends it.
func AppendCommand[S []byte | string](b []byte, args ...S) []byte {
	b = AppendArray(b, len(args))
	for _, a := range args {
		b = AppendBulk(b, a)
	}
	return b
}

// AppendNull appends that there is no value.
func (v Version) AppendNull(b []byte) []byte {
	if v < V3 {
		return append(b, "$-1\r\n"...)
	}
	return append(b, "_\r\n"...)
}

// AppendNullArray appends that there is no array; RESP 3 has one null for everything.
func (v Version) AppendNullArray(b []byte) []byte {
	if v < V3 {
		return append(b, "*-1\r\n"...)
	}
	return append(b, "_\r\n"...)
}

// AppendMap appends the head of a map of n keys, each to be followed by its value.
func (v Version) AppendMap(b []byte, n int) []byte {
	if v < V3 {
		return AppendArray(b, 2*n)
	}
	return appendNumber(b, '%', int64(n))
}

// AppendSet appends the head of a set of n elements.
func (v Version) AppendSet(b []byte, n int) []byte {
	if v < V3 {
		return AppendArray(b, n)
	}
	return appendNumber(b, '~', int64(n))
}

// AppendPush appends the head of a message of n elements that answers no command.
func (v Version) AppendPush(b []byte, n int) []byte {
	if v < V3 {
		return AppendArray(b, n)
	}
	return appendNumber(b, '>', int64(n))
}

// AppendDouble appends a number with the fewest digits that name it, and inf, -inf or nan.
func (v Version) AppendDouble(b []byte, f float64) []byte {
	var room [32]byte
	text := room[:0]
	switch {
	case math.IsInf(f, 1):
		text = append(text, "inf"...)
	case math.IsInf(f, -1):
		text = append(text, "-inf"...)
	case math.IsNaN(f):
		text = append(text, "nan"...)
	default:
		text = strconv.AppendFloat(text, f, 'g', -1, 64)
	}
	if v < V3 {
		return AppendBulk(b, text)
	}
	return append(append(append(b, ','), text...), crlf...)
}

// AppendBool appends a boolean, as 1 or 0 in RESP 2.
func (v Version) AppendBool(b []byte, t bool) []byte {
	switch {
	case v >= V3 && t:
		return append(b, "#t\r\n"...)
	case v >= V3:
		return append(b, "#f\r\n"...)
	case t:
		return append(b, ":1\r\n"...)
	}
	return append(b, ":0\r\n"...)
}

// AppendBig appends an integer of any size, given by its decimal digits.
func (v Version) AppendBig(b []byte, digits string) []byte {
	if v < V3 {
		return AppendBulk(b, digits)
	}
	return append(appendLine(append(b, '('), digits), crlf...)
}

// AppendVerbatim appends text that is to be shown as it is. format has three letters, as txt or mkd; AppendVerbatim
// panics if it has not.
func (v Version) AppendVerbatim(b []byte, format, s string) []byte {
	if len(format) != 3 {
		panic("resp: the format of a verbatim string is " + strconv.Quote(format) + ", not three letters")
	}
	if v < V3 {
		return AppendBulk(b, s)
	}
	b = appendNumber(b, '=', int64(len(s))+4)
	return append(append(append(append(b, format...), ':'), s...), crlf...)
}
