package resp

import (
	"bytes"
	"math"
)

// Limits of what a request may be. A zero means the default.
type Limits struct {
	Args  int // arguments of a command: 1024 × 1024; at most math.MaxInt32
	Bulk  int // bytes of an argument: 512 MiB
	Total int // bytes of a command: 1 GiB
}

// The defaults of Limits, which are those of Redis, and what a line may have at most.
const (
	MaxArgs  = 1 << 20
	MaxBulk  = 512 << 20
	MaxTotal = 1 << 30
	maxLine  = 64 << 10
)

func or(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// Reader takes commands off what a client sends. The zero value is ready to use. It holds no bytes: where a
// command is cut it keeps how far it has read, so the next call must be given the same bytes again, at the same
// or another address, with more behind them.
type Reader struct {
	pos  int   // how much of the unfinished command has been checked
	need int   // how long it will be at least
	left int32 // arguments that are still to come; 0: the command has not begun
}

// Next takes the first command of p. It returns how much of p that was and its arguments, appended to args; n is 0
// if the command is incomplete. Arguments are parts of p, and good as long as p is left alone; quoted words of
// an inline command are rewritten in place. A command without arguments (an empty line, an array of none) is
// passed over together with the one behind it; if nothing is behind it, n is its length and there are no
// arguments. After an error the reader is of no more use. Next does not block and, but for growing args, does
// not allocate. A nil limit means the defaults.
func (r *Reader) Next(p []byte, args [][]byte, l *Limits) (n int, _ [][]byte, err error) {
	if l == nil {
		l = new(Limits)
	}
	if len(p) < r.need-1 { // the byte before the last one may already be wrong
		return 0, args, nil
	}
	if r.left > 0 {
		return r.goOn(p, args, l)
	}
	start := 0
	for start < len(p) {
		if p[start] != '*' {
			n, args, err = inline(p[start:], args)
		} else {
			n, args, err = r.array(p[start:], args, l)
		}
		if n == 0 || err != nil {
			if start > 0 { // what was passed over does not come again
				r.pos, r.need, r.left = 0, 0, 0
				if err == nil {
					return start, args, nil
				}
			}
			return 0, args, err
		}
		if start += n; len(args) > 0 {
			break
		}
	}
	return start, args, nil
}

// Begun reports whether the last call of Next has left a command unfinished whose first line has come.
func (r *Reader) Begun() bool { return r.left > 0 }

// Need returns how many bytes the unfinished command has at least, as far as that is known: what a buffer to
// read it into may well be made for. 0 is unknown.
func (r *Reader) Need() int { return r.need }

// array reads a command that is an array of strings.
func (r *Reader) array(p []byte, args [][]byte, l *Limits) (int, [][]byte, error) {
	count, pos, err := lengthLine(p, ErrArrayLine, ErrArrayLength)
	if pos == 0 || err != nil {
		return 0, args, err
	}
	if count > min(or(l.Args, MaxArgs), math.MaxInt32) {
		return 0, args, ErrArrayLength
	}
	if count <= 0 {
		return pos, args, nil
	}
	first := len(args)
	for i := range count {
		from, to, err := bulk(p, pos, l)
		if err != nil {
			return 0, args[:first], err
		}
		if from < 0 || to+2 > len(p) {
			r.pos, r.left = pos, int32(count-i)
			r.need = needed(from, to, len(p))
			return 0, args[:first], nil
		}
		args = append(args, p[from:to:to])
		pos = to + 2
	}
	return pos, args, nil
}

// goOn goes on with a command that was cut, and cuts out its arguments once it is complete.
func (r *Reader) goOn(p []byte, args [][]byte, l *Limits) (int, [][]byte, error) {
	for r.left > 0 {
		from, to, err := bulk(p, r.pos, l)
		if err != nil {
			return 0, args, err
		}
		if from < 0 || to+2 > len(p) {
			r.need = needed(from, to, len(p))
			return 0, args, nil
		}
		r.pos, r.left = to+2, r.left-1
	}
	*r = Reader{}
	return r.array(p, args, l)
}

// needed is how long a command is at least whose argument from p[from:to] on is incomplete; from is -1 if not even
// its length is there.
func needed(from, to, have int) int {
	if from < 0 {
		return have + 1
	}
	return to + 2
}

// bulk finds the argument that begins at p[pos]: p[from:to], which may reach beyond what is there. from is -1 if
// its length is incomplete. The CRLF behind it is checked if it is there.
func bulk(p []byte, pos int, l *Limits) (from, to int, err error) {
	if pos == len(p) {
		return -1, 0, nil
	}
	if p[pos] != '$' {
		return -1, 0, errExpected(p[pos])
	}
	size, n, err := lengthLine(p[pos:], ErrBulkLine, ErrBulkLength)
	if n == 0 || err != nil {
		return -1, 0, err
	}
	if size < 0 || size > or(l.Bulk, MaxBulk) {
		return -1, 0, ErrBulkLength
	}
	if from = pos + n; size > or(l.Total, MaxTotal)-2-from {
		return -1, 0, ErrTotal
	}
	to = from + size
	if badEnd(p, to) {
		return -1, 0, ErrBulkEnd
	}
	return from, to, nil
}

// badEnd reports whether what there is behind p[:end] does not begin CRLF.
func badEnd(p []byte, end int) bool {
	return end < len(p) && p[end] != '\r' || end+1 < len(p) && p[end+1] != '\n'
}

// lengthLine reads a line of a mark, a length of -1 or more, and CRLF. n is its length, 0 if it is incomplete.
func lengthLine(p []byte, tooLong, malformed *Error) (length, n int, err error) {
	// Nearly all are a digit or two and whole.
	i, v := 1, 0
	for ; i < len(p); i++ {
		c := p[i] - '0'
		if c > 9 {
			break
		}
		if v > (math.MaxInt-9)/10 {
			return 0, 0, malformed
		}
		v = v*10 + int(c)
	}
	switch {
	case i == len(p):
		if i > maxLine {
			return 0, 0, tooLong
		}
		if i > 2 && p[1] == '0' {
			return 0, 0, malformed
		}
		return 0, 0, nil
	case p[i] == '-' && i == 1:
		return minusOne(p, malformed)
	case p[i] != '\r', i == 1, i > 2 && p[1] == '0':
		return 0, 0, malformed
	case i+1 == len(p):
		return 0, 0, nil
	case p[i+1] != '\n':
		return 0, 0, ErrLineEnd
	}
	return v, i + 2, nil
}

// minusOne reads the rest of the length -1.
func minusOne(p []byte, malformed *Error) (int, int, error) {
	const rest = "-1\r\n"
	for i := range len(rest) {
		if 1+i == len(p) {
			return 0, 0, nil
		}
		if p[1+i] != rest[i] {
			if i == 3 {
				return 0, 0, ErrLineEnd
			}
			return 0, 0, malformed
		}
	}
	return -1, 5, nil
}

// inline reads a command that is a line of words.
func inline(p []byte, args [][]byte) (int, [][]byte, error) {
	end := bytes.IndexByte(p, '\n')
	if end < 0 {
		if len(p) > maxLine {
			return 0, args, ErrInlineSize
		}
		return 0, args, nil
	}
	if end > maxLine {
		return 0, args, ErrInlineSize
	}
	line := bytes.TrimSuffix(p[:end], cr)
	args, err := words(line, args)
	return end + 1, args, err
}

var cr = []byte{'\r'}
