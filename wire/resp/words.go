package resp

// words splits a line as Redis does: at blanks, but not inside of quotes. In double quotes \n, \r, \t, \b, \a and
// \xHH stand for a byte, and a backslash before anything else for that; in single quotes \' stands for one. A
// closing quote ends its word, and so only a blank may follow.
//
// A word is never longer than what stands for it: it is written over that.
func words(line []byte, args [][]byte) ([][]byte, error) {
	first := len(args)
	for i := 0; ; {
		for i < len(line) && isSpace(line[i]) {
			i++
		}
		if i == len(line) {
			return args, nil
		}
		start, end := i, i // line[start:end] is the word so far
		for i < len(line) && !isSpace(line[i]) {
			if c := line[i]; c == '"' || c == '\'' {
				to, next := unquote(line, end, i)
				if next == 0 || next < len(line) && !isSpace(line[next]) {
					return args[:first], ErrQuotes
				}
				end, i = to, next
				break
			}
			line[end] = line[i]
			end, i = end+1, i+1
		}
		args = append(args, line[start:end:end])
	}
}

// unquote writes what stands in the quotes from line[i] on to line[to:], and returns the ends of both; next is 0
// if they are not closed.
func unquote(line []byte, to, i int) (_, next int) {
	quote := line[i]
	for i++; i < len(line); {
		c := line[i]
		switch {
		case c == quote:
			return to, i + 1
		case c != '\\' || i+1 == len(line):
			i++
		case quote == '\'':
			if line[i+1] == '\'' {
				c, i = '\'', i+2
			} else {
				i++
			}
		case line[i+1] == 'x' && i+3 < len(line) && hexDigit(line[i+2]) >= 0 && hexDigit(line[i+3]) >= 0:
			c, i = byte(hexDigit(line[i+2])<<4|hexDigit(line[i+3])), i+4
		default:
			c, i = escaped(line[i+1]), i+2
		}
		line[to] = c
		to++
	}
	return to, 0
}

func escaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'a':
		return '\a'
	}
	return c
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// isSpace is C's isspace, and NUL, which ends a line for Redis.
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' || c == 0 }
