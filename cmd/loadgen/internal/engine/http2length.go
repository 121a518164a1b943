package engine

import (
	"strconv"

	"golang.org/x/net/http2/hpack"
)

// What a header of HTTP/2 says the length of the content is (RFC 9113, section 8.1.1), found in its encoded form (RFC 7541,
// section 6): the decoder would make a string of each field that is spelt out, thrice and more a reply.

const contentLength = "content-length"

const (
	staticFields        = 61 // of the table that everybody has
	staticContentLength = 28
)

var huffmanContentLength = hpack.AppendHuffmanString(nil, contentLength)

// declared returns the length of the content, -1 if the header does not say. ok is false if only who has the peer's
// table can tell.
func (c *h2) declared(block []byte) (n int64, ok bool) {
	for len(block) > 0 {
		first, bits := block[0], 4 // spelt out, without a place in the table
		switch {
		case first&0x80 != 0: // it is in a table as a whole
			bits = 7
		case first&0x40 != 0: // spelt out, and from then on in the table
			bits = 6
		case first&0x20 != 0: // a new size of the table
			bits = 5
		}
		index, rest, fine := hpackInt(block, bits)
		if !fine {
			return -1, true // the decoder says what is wrong
		}
		block = rest
		switch {
		case bits == 7 && index > staticFields:
			return -1, false
		case bits == 5 || bits == 7:
			continue
		case index > staticFields: // a name of the table
			return -1, false
		}
		is := index == staticContentLength
		if index == 0 {
			name, coded, rest, fine := hpackString(block)
			if !fine {
				return -1, true
			}
			is = string(name) == contentLength && !coded || coded && string(name) == string(huffmanContentLength)
			block = rest
		}
		value, coded, rest, fine := hpackString(block)
		if !fine {
			return -1, true
		}
		if block = rest; is {
			if coded {
				c.digits = c.digits[:0]
				if _, err := hpack.HuffmanDecode(appender{&c.digits}, value); err != nil {
					return -1, true
				}
				value = c.digits
			}
			return lengthOf(text(value)), true
		}
	}
	return -1, true
}

// lengthOf reads the value of the field; -1 if it is no number.
func lengthOf(value string) int64 {
	n, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return -1
	}
	return int64(n)
}

// hpackInt reads an integer with a prefix of some bits.
func hpackInt(p []byte, bits int) (n uint64, rest []byte, ok bool) {
	if len(p) == 0 {
		return 0, nil, false
	}
	most := uint64(1)<<bits - 1
	n, p = uint64(p[0])&most, p[1:]
	if n < most {
		return n, p, true
	}
	for shift := 0; len(p) > 0 && shift < 28; shift += 7 {
		b := p[0]
		p = p[1:]
		n += uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			return n, p, true
		}
	}
	return 0, nil, false
}

// hpackString reads a string, which may be coded.
func hpackString(p []byte) (s []byte, coded bool, rest []byte, ok bool) {
	if len(p) == 0 {
		return nil, false, nil, false
	}
	coded = p[0]&0x80 != 0
	n, p, ok := hpackInt(p, 7)
	if !ok || n > uint64(len(p)) {
		return nil, false, nil, false
	}
	return p[:n], coded, p[n:], true
}

// fits returns what is wrong with the length of a complete reply's content.
func (c *h2) fits(s *h2stream) error {
	if s.length < 0 || s.length == s.size || s.toHead || s.status == 204 || s.status == 304 {
		return nil
	}
	return h2Error("a reply on stream %d of %d bytes, of which its header says that it has %d", s.id, s.size, s.length)
}
