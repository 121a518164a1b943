package http1

import "bytes"

// Folded header lines (obs-fold): a field goes on in the next line if that begins with a
// blank. Nobody may send them any more, but RFC 9112, section 5.2, tells a client to take
// them as one line, with a blank for each end of a line and the blanks around it; a
// server may refuse them, and [Request] does, for they have served to smuggle.

// cutFolded returns the first header field of p, with all lines that it goes on in and
// without the end of the last, and the length with it. Whether a field goes on shows only
// in the byte after its line: n is 0 until that has come.
func (h *head) cutFolded(p []byte) (lines []byte, n int, err error) {
	for more := true; more; {
		i := bytes.IndexByte(p[n:], '\n')
		if i < 0 {
			return nil, 0, h.mayGrow(len(p))
		}
		isEmpty := n == 0 && len(bytes.TrimSuffix(p[:i], crByte)) == 0
		n += i + 1
		if !isEmpty && n == len(p) {
			return nil, 0, h.mayGrow(len(p))
		}
		more = !isEmpty && isBlank(p[n])
	}
	return bytes.TrimSuffix(p[:n-1], crByte), n, h.grow(n)
}

// unfold appends the lines to out as one.
func unfold(out, lines []byte) []byte {
	for more := true; more; {
		var line []byte
		if line, lines, more = bytes.Cut(lines, newline); more {
			line = bytes.TrimSuffix(line, crByte)
		}
		out = append(append(out, trimBlanks(line)...), ' ')
	}
	return out[:len(out)-1]
}

var newline = []byte{'\n'}
