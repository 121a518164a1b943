package codec

import (
	"bytes"
	"fmt"
)

// DefaultMax is the limit of a line, or of what stands between delimiters, for which none was given: 64 KB.
const DefaultMax = 64 << 10

// limit returns the limit of a codec whose Max is n.
func limit(who string, n, otherwise int) int {
	if n < 0 {
		panic(fmt.Sprintf("codec: %s with a Max of %d; set 1 or more, math.MaxInt for none, or 0 for %d", who, n, otherwise))
	}
	if n == 0 {
		return otherwise
	}
	return n
}

// splitter is what is known of bytes that are cut at delimiters.
type splitter struct {
	seen       int  // so many bytes of what has not been used are no delimiter
	discarding bool // what comes is the rest of something too long
}

// next finds what stands before the first delimiter of src, and how many bytes of src are used up with it. index finds
// delimiters, each of which is a byte. tail is how many bytes at the end of src may belong to a delimiter that follows.
func (s *splitter) next(src []byte, end bool, max, tail int, index func([]byte) int) (piece []byte, n int, err error) {
	used := 0
	for {
		i := index(src[s.seen:])
		if i >= 0 {
			i += s.seen
			s.seen = 0
			if s.discarding {
				s.discarding = false
				src, used = src[i+1:], used+i+1
				continue
			}
			return src[:i], used + i + 1, nil
		}
		switch {
		case s.discarding:
			return nil, used + len(src), ErrMore
		case end && len(src) > 0:
			s.seen = 0
			return src, used + len(src), nil
		case len(src)-tail > max:
			s.seen, s.discarding = 0, true
			return nil, used + len(src), tooLong("more", uint64(len(src)), max)
		}
		s.seen = len(src)
		return nil, used, ErrMore
	}
}

// Lines is the codec of lines, which end with \n, or \r\n; the last one need not. Frames are lines without their ends. Its
// zero value is ready to use, for one stream.
//
// A line of more than Max bytes is an [ErrTooLong], once; the rest of it is thrown away as it comes, and the line after it
// is the next frame. Max is 64 KB if it is 0.
type Lines struct {
	Max int // of a line, without its end
	s   splitter
}

// Decode implements Decoder. The line is a part of src.
func (l *Lines) Decode(src []byte, end bool) ([]byte, int, error) {
	max := limit("Lines", l.Max, DefaultMax)
	tail := 0
	if bytes.HasSuffix(src, cr) {
		tail = len(cr)
	}
	line, n, err := l.s.next(src, end, max, tail, newline)
	if err != nil {
		return nil, n, err
	}
	if line = bytes.TrimSuffix(line, cr); len(line) > max {
		return nil, n, tooLong("a line", uint64(len(line)), max)
	}
	return line, n, nil
}

var cr = []byte("\r")

func newline(p []byte) int { return bytes.IndexByte(p, '\n') }

// Encode implements Encoder: it appends the line and \n. It fails for a line with a \n in it, which would be two.
func (l *Lines) Encode(dst, line []byte) ([]byte, error) {
	if i := newline(line); i >= 0 {
		return dst, fmt.Errorf("codec: a line of %d bytes has a \\n in it, at %d", len(line), i)
	}
	return append(append(dst, line...), '\n'), nil
}

// AnyDelimiter is the codec of what stands between delimiters: each byte of Delimiters is one. What follows the last one
// is a frame too, unless it is empty. It is for one stream.
//
// More than Max bytes without a delimiter are an [ErrTooLong], once, as for [Lines].
type AnyDelimiter struct {
	Delimiters string // to be found: one byte or more
	Separator  string // to be written behind each frame; the first delimiter if it is empty
	Max        int    // of a frame, 64 KB if it is 0
	s          splitter
	index      func([]byte) int // made of Delimiters
}

// Decode implements Decoder. The frame is a part of src.
func (a *AnyDelimiter) Decode(src []byte, end bool) ([]byte, int, error) {
	max := limit("AnyDelimiter", a.Max, DefaultMax)
	if a.index == nil {
		a.index = indexAny(a.delimiters())
	}
	frame, n, err := a.s.next(src, end, max, 0, a.index)
	if err == nil && len(frame) > max {
		return nil, n, tooLong("a frame", uint64(len(frame)), max)
	}
	return frame, n, err
}

func (a *AnyDelimiter) delimiters() string {
	if a.Delimiters == "" {
		panic("codec: AnyDelimiter without Delimiters; set one byte or more")
	}
	return a.Delimiters
}

// indexAny returns what finds the first of some bytes.
func indexAny(delimiters string) func([]byte) int {
	if len(delimiters) == 1 {
		return func(p []byte) int { return bytes.IndexByte(p, delimiters[0]) }
	}
	var is [256]bool
	for i := range len(delimiters) {
		is[delimiters[i]] = true
	}
	return func(p []byte) int {
		for i, c := range p {
			if is[c] {
				return i
			}
		}
		return -1
	}
}

// Encode implements Encoder: it appends the frame and Separator. It does not look for delimiters in the frame.
func (a *AnyDelimiter) Encode(dst, frame []byte) ([]byte, error) {
	sep := a.Separator
	if sep == "" {
		sep = a.delimiters()[:1]
	}
	return append(append(dst, frame...), sep...), nil
}
