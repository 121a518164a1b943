package kv

// match reports whether s is what a pattern stands for: * any bytes, ? one, [a-z] one of these, [^a-z] one of all
// others, and \ before a byte that one itself. At a mismatch it goes back to the last * only, so that no pattern costs
// more than the product of both lengths.
func match(pattern, s []byte) bool {
	star, from := -1, 0 // behind the last *, and where in s that began
	p := 0
	for i := 0; i < len(s); {
		if p < len(pattern) && pattern[p] == '*' {
			p++
			star, from = p, i
			continue
		}
		if p < len(pattern) {
			if ok, n := matchOne(pattern[p:], s[i]); ok {
				p, i = p+n, i+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		p, i = star, from
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne reports whether c is what the first element of a pattern, n bytes, stands for.
func matchOne(p []byte, c byte) (ok bool, n int) {
	switch p[0] {
	case '?':
		return true, 1
	case '\\':
		if len(p) > 1 {
			return p[1] == c, 2
		}
	case '[':
		return matchSet(p, c)
	}
	return p[0] == c, 1
}

func matchSet(p []byte, c byte) (ok bool, n int) {
	i := 1
	not := i < len(p) && p[i] == '^'
	if not {
		i++
	}
	for ; i < len(p) && p[i] != ']'; i++ {
		switch {
		case p[i] == '\\' && i+1 < len(p):
			i++
			ok = ok || p[i] == c
		case i+2 < len(p) && p[i+1] == '-':
			low, high := min(p[i], p[i+2]), max(p[i], p[i+2])
			i += 2
			ok = ok || low <= c && c <= high
		default:
			ok = ok || p[i] == c
		}
	}
	return ok != not, min(i+1, len(p))
}
