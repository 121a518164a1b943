package ws

import "encoding/binary"

// UTF8 checks text that comes in pieces, and refuses it at the first byte with which it cannot be UTF-8 any more. The zero value
// is at the beginning.
type UTF8 struct {
	left      uint8 // bytes of the character that are still to come
	low, high uint8 // between which the next of them is
}

// Feed reports whether the text may be UTF-8 with p behind what came before. After false it is of no more use.
func (u *UTF8) Feed(p []byte) bool {
	for i := 0; i < len(p); {
		if u.left > 0 {
			if p[i] < u.low || p[i] > u.high {
				return false
			}
			u.low, u.high = 0x80, 0xbf
			u.left--
			i++
			continue
		}
		for len(p)-i >= 8 && binary.LittleEndian.Uint64(p[i:])&0x8080808080808080 == 0 {
			i += 8
		}
		if i == len(p) {
			return true
		}
		if !u.first(p[i]) {
			return false
		}
		i++
	}
	return true
}

// first takes the first byte of a character. What may follow leaves out encodings that are too long, surrogates, and what is
// beyond U+10FFFF.
func (u *UTF8) first(c byte) bool {
	u.low, u.high = 0x80, 0xbf
	switch {
	case c < 0x80:
	case c < 0xc2:
		return false
	case c < 0xe0:
		u.left = 1
	case c < 0xf0:
		u.left = 2
		if c == 0xe0 {
			u.low = 0xa0
		} else if c == 0xed {
			u.high = 0x9f
		}
	case c < 0xf5:
		u.left = 3
		if c == 0xf0 {
			u.low = 0x90
		} else if c == 0xf4 {
			u.high = 0x8f
		}
	default:
		return false
	}
	return true
}

// Whole reports whether the text may end here.
func (u *UTF8) Whole() bool { return u.left == 0 }
