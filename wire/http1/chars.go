package http1

import "bytes"

// isToken tells which bytes a header name or a method is made of.
var isToken = func() (t [256]bool) {
	for b := range t {
		t[b] = b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' && b < 0x80
	}
	for _, b := range "!#$%&'*+-.^_`|~" {
		t[b] = true
	}
	return t
}()

// inHost is what a host and port are made of (RFC 3986): letters, digits and the rest of
// the unreserved characters, the sub-delimiters, percent-encoding, and the marks of ports
// and IPv6 addresses.
var inHost = func() (t [256]bool) {
	for b := range t {
		t[b] = b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' && b < 0x80
	}
	for _, b := range "-._~!$&'()*+,;=%:[]" {
		t[b] = true
	}
	return t
}()

// isHost reports whether a Host header may have this value.
func isHost(p []byte) bool {
	for _, b := range p {
		if !inHost[b] {
			return false
		}
	}
	return true
}

// isText reports whether p has no control character but tabs.
func isText(p []byte) bool {
	for _, b := range p {
		if b < ' ' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return true
}

// EqualFold reports whether p and s are the same but for the case of ASCII letters, as names of
// fields, and most tokens, are compared. It does not allocate.
func EqualFold(p []byte, s string) bool {
	if len(p) != len(s) {
		return false
	}
	for i, b := range p {
		if b != s[i] && (b^s[i] != 0x20 || b|0x20 < 'a' || b|0x20 > 'z') {
			return false
		}
	}
	return true
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

func trimBlanks(p []byte) []byte { return trimRight(bytes.TrimLeft(p, " \t")) }

func trimRight(p []byte) []byte {
	for len(p) > 0 && isBlank(p[len(p)-1]) {
		p = p[:len(p)-1]
	}
	return p
}

// eachToken calls f for each element of a comma-separated list.
func eachToken(list []byte, f func([]byte)) {
	for more := true; more; {
		var t []byte
		t, list, more = bytes.Cut(list, comma)
		f(trimBlanks(t))
	}
}

var comma = []byte{','}
