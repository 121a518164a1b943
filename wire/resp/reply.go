package resp

import (
	"bytes"
	"math"
)

// Kind is what a reply is: the byte that it begins with.
type Kind byte

// The kinds of replies. Those from Null on are of RESP 3.
const (
	Simple    Kind = '+'
	Failure   Kind = '-'
	Int       Kind = ':'
	Bulk      Kind = '$'
	Array     Kind = '*'
	Null      Kind = '_' // also what null strings and null arrays of RESP 2 are told as
	Double    Kind = ','
	Bool      Kind = '#'
	Big       Kind = '('
	BulkError Kind = '!'
	Verbatim  Kind = '='
	Map       Kind = '%'
	Set       Kind = '~'
	Push      Kind = '>' // answers no command
	Attribute Kind = '|' // says something about the reply that follows it, and is part of that
)

// maxDepth is how deep replies may be nested.
const maxDepth = 64

// Reply finds the end of a reply, and forgets what it passes over. The zero value is ready, with the default limits.
type Reply struct {
	// Limits of the elements of one array and of the bytes of one string. Not all replies of a server come from
	// commands, so Total is not looked at.
	Limits Limits

	kind Kind
	skip int   // bytes of a string that are still to come, with its CRLF
	left []int // elements that are still to come, on each level
	done bool

	attrs int // how many of the first levels are attributes of the reply itself
}

// Feed takes what it understands of p and returns how much that was. What it did not take it wants again, with more
// behind it: an unfinished line. It takes nothing beyond the end of the reply; see Done. After an error
// the reply is of no more use. It does not block and, but for the levels of a deep reply, does not allocate.
func (r *Reply) Feed(p []byte) (n int, err error) {
	for !r.done {
		if r.skip > 0 {
			took, err := r.pass(p[n:])
			n += took
			if err != nil || r.skip > 0 {
				return n, err
			}
			r.ended()
			continue
		}
		took, err := r.element(p[n:])
		if took == 0 || err != nil {
			return n, err
		}
		n += took
	}
	return n, nil
}

// Done reports whether the reply is complete.
func (r *Reply) Done() bool { return r.done }

// Kind returns what the reply is, once its first line has come. What an attribute precedes has the kind of
// what follows.
func (r *Reply) Kind() Kind { return r.kind }

// Reset makes r ready for the next reply. Limits stay.
func (r *Reply) Reset() { *r = Reply{Limits: r.Limits, left: r.left[:0]} }

// pass passes over a string, and sees that CRLF follows it.
func (r *Reply) pass(p []byte) (n int, err error) {
	if r.skip > 2 {
		n = min(r.skip-2, len(p))
		r.skip -= n
	}
	for ; r.skip <= 2 && r.skip > 0 && n < len(p); n++ {
		if p[n] != crlf[2-r.skip] {
			return n, ErrBulkEnd
		}
		r.skip--
	}
	return n, nil
}

// element takes the first line of an element.
func (r *Reply) element(p []byte) (int, error) {
	l, n, err := cutLine(p, &r.Limits)
	if n == 0 || err != nil {
		return 0, err
	}
	// The reply itself is what follows the attributes before it: the last element of each.
	if at := len(r.left); at == r.attrs && (at == 0 || r.left[at-1] == 1) {
		if r.kind = l.kind; l.kind == Attribute {
			r.attrs++
		}
	}
	switch {
	case l.kind == Attribute || l.children > 0:
		if len(r.left) == maxDepth {
			return 0, ErrDepth
		}
		children := l.children
		if l.kind == Attribute {
			children++ // what it is about
		}
		r.left = append(r.left, children)
	case l.bytes >= 0:
		r.skip = l.bytes + 2
	default:
		r.ended()
	}
	return n, nil
}

// ended counts an element, and the arrays that end with it.
func (r *Reply) ended() {
	for len(r.left) > 0 {
		last := len(r.left) - 1
		if r.left[last]--; r.left[last] > 0 {
			return
		}
		r.left = r.left[:last]
	}
	r.done = true
}

// line is the first line of an element.
type line struct {
	kind     Kind
	text     []byte // without the kind and CRLF
	children int    // elements that follow: of a map, keys and values
	bytes    int    // of the string that follows; -1: none does
}

// cutLine takes the first line of p, n bytes with its end; n is 0 if it is incomplete.
func cutLine(p []byte, lim *Limits) (l line, n int, err error) {
	if len(p) == 0 {
		return l, 0, nil
	}
	l = line{kind: Kind(p[0]), bytes: -1}
	switch l.kind {
	case Bulk, BulkError, Verbatim, Array, Map, Set, Push, Attribute:
		return cutLength(p, l, lim)
	case Simple, Failure, Int, Null, Double, Bool, Big:
	default:
		return l, 0, errKind(p[0])
	}
	end := bytes.IndexByte(p, '\n')
	if end < 0 && len(p) > maxLine || end > maxLine {
		return l, 0, ErrReplyLine
	}
	if i := bytes.IndexByte(p, '\r'); end >= 0 && i != end-1 || end < 0 && i >= 0 && i != len(p)-1 {
		return l, 0, ErrLineEnd
	}
	if end < 0 {
		return l, 0, nil
	}
	l.text = p[1 : end-1]
	return l, end + 1, l.check()
}

// cutLength takes a line that is a length.
func cutLength(p []byte, l line, lim *Limits) (line, int, error) {
	malformed := ErrArrayLength
	strings := l.kind == Bulk || l.kind == BulkError || l.kind == Verbatim
	if strings {
		malformed = ErrBulkLength
	}
	v, n, err := lengthLine(p, ErrReplyLine, malformed)
	if n == 0 || err != nil {
		return l, 0, err
	}
	if v < 0 {
		if l.kind != Bulk && l.kind != Array {
			return l, 0, malformed
		}
		l.kind = Null
		return l, n, nil
	}
	most := or(lim.Args, MaxArgs)
	if strings {
		most = or(lim.Bulk, MaxBulk)
	}
	switch {
	case v > most || v > (math.MaxInt-2)/2: // twice as many, or two bytes more, have to be a number yet
		return l, 0, malformed
	case l.kind == Verbatim && v < 4:
		return l, 0, ErrVerbatim
	case strings:
		l.bytes = v
	default:
		l.children = v
		if l.kind == Map || l.kind == Attribute {
			l.children *= 2
		}
	}
	return l, n, nil
}

// check looks at what has its value in its line.
func (l *line) check() error {
	switch l.kind {
	case Int:
		if !isInt(l.text, 19) {
			return ErrNumber
		}
	case Big:
		if !isInt(l.text, len(l.text)) {
			return ErrNumber
		}
	case Double:
		if !isDouble(l.text) {
			return ErrNumber
		}
	case Null:
		if len(l.text) > 0 {
			return ErrNull
		}
	case Bool:
		if len(l.text) != 1 || l.text[0] != 't' && l.text[0] != 'f' {
			return ErrBool
		}
	}
	return nil
}

// isInt reports whether p is a decimal number, with or without a sign, of at most so many digits.
func isInt(p []byte, digits int) bool {
	if len(p) > 1 && (p[0] == '-' || p[0] == '+') {
		p = p[1:]
	}
	for _, c := range p {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(p) > 0 && len(p) <= digits
}

// isDouble reports whether p is a number as RESP 3 has them: digits, a fraction, an exponent, or inf and nan.
func isDouble(p []byte) bool {
	switch string(p) {
	case "inf", "-inf", "nan", "-nan":
		return true
	}
	mantissa, exponent, hasExponent := bytes.Cut(p, []byte{'e'})
	if !hasExponent {
		mantissa, exponent, hasExponent = bytes.Cut(p, []byte{'E'})
	}
	whole, fraction, hasFraction := bytes.Cut(mantissa, []byte{'.'})
	return isInt(whole, len(whole)) && (!hasFraction || isDigits(fraction)) && (!hasExponent || isInt(exponent, 4))
}

func isDigits(p []byte) bool { return len(p) > 0 && p[0] != '-' && p[0] != '+' && isInt(p, len(p)) }
