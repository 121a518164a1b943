package kv

import (
	"bytes"
	"math/big"
	"strings"
)

// Numbers with a fraction are counted as Redis counts them where C's long double has 80 bits: 64 of them are digits. In a float64 0.1 and 0.2 are not
// 0.3, and a large integer loses its last digits.
const (
	floatBits  = 64
	floatMost  = 1 << 14 // there is no number with a larger exponent
	floatLeast = -16445  // nor one with a smaller one: writing it would take as long
	floatText  = 5 << 10 // how long the text of a number may be
)

func isHuge(f *big.Float) bool { return f.IsInf() || f.MantExp(nil) > floatMost }

// parseFloat reads a number as C does: decimal or, behind 0x, hexadecimal, or inf; without blanks, and without what Go has beside that.
func parseFloat(p []byte) (f *big.Float, ok bool) {
	if len(p) == 0 || len(p) > floatText {
		return nil, false
	}
	f = new(big.Float).SetPrec(floatBits)
	digits, base := p, 10
	if p[0] == '+' || p[0] == '-' {
		digits = p[1:]
	}
	switch {
	case is(digits, "INF"), is(digits, "INFINITY"):
		return f.SetInf(p[0] == '-'), true
	case len(digits) > 2 && is(digits[:2], "0X"):
		base = 0
		if bytes.ContainsAny(digits, "_iI") {
			return nil, false
		}
	case strings.Trim(string(digits), "0123456789.eE+-") != "":
		return nil, false
	}
	f, _, err := f.Parse(string(p), base)
	return f, err == nil && !isHuge(f) && (f.Sign() == 0 || f.MantExp(nil) >= floatLeast)
}

// appendFloat appends a number without an exponent, with up to 17 digits behind the point.
func appendFloat(b []byte, f *big.Float) []byte {
	from := len(b)
	b = f.Append(b, 'f', 17)
	b = bytes.TrimRight(b, "0")
	b = bytes.TrimSuffix(b, []byte{'.'})
	if string(b[from:]) == "-0" {
		return append(b[:from], '0')
	}
	return b
}
