package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// plainQuotes writes $'…' of bash, which browsers copy what has quotes or line ends in it as, as quotes that every shell has.
func plainQuotes(line string) (string, error) {
	var b strings.Builder
	quote := byte(0) // that line is in
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote == 0 && strings.HasPrefix(line[i:], "$'"):
			text, n, err := ansiQuoted(line[i+2:])
			if err != nil {
				return "", err
			}
			b.WriteString("'" + strings.ReplaceAll(text, "'", `'\''`) + "'")
			i += n + 1
			continue
		case c == '\\' && quote != '\'' && i+1 < len(line):
			b.WriteByte(c)
			i++
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		}
		b.WriteByte(line[i])
	}
	return b.String(), nil
}

// ansiQuoted reads what stands behind $', n bytes with the quote at its end.
func ansiQuoted(s string) (text string, n int, err error) {
	var b strings.Builder
	for rest := s; rest != ""; {
		if rest[0] == '\'' {
			return b.String(), len(s) - len(rest) + 1, nil
		}
		if rest[0] != '\\' || len(rest) == 1 {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		if i := strings.IndexByte(`'"?eE`, rest[1]); i >= 0 { // which Go does not know
			b.WriteByte("'\"?\x1b\x1b"[i])
			rest = rest[2:]
			continue
		}
		r, isLong, tail, err := strconv.UnquoteChar(rest, 0)
		if err != nil {
			return "", 0, fmt.Errorf("$'…': an escape that is not known: %s", rest[:2])
		}
		if isLong {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		rest = tail
	}
	return "", 0, errors.New("the quote at the end of $'…' is missing")
}
