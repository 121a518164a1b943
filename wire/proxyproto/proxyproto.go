// Package proxyproto is the header by which a proxy tells a server whose connection it passes on: the PROXY protocol of
// HAProxy, versions 1 (a line of text) and 2 (binary), as functions over bytes, without I/O.
//
// [Parse] reads a header at the beginning of what has arrived; if that is not all of it yet it says [ErrShort], and is called again
// with more. Nothing is read beyond the header, and a header of version 2 is read without allocating. [Append] writes one.
//
// It is strict: what a sender must not write is refused. A server that takes headers takes them of everybody who can
// connect to it, so it listens where only its proxies come.
package proxyproto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// MaxV1 is the most bytes that a header of version 1 has.
const MaxV1 = 107

// MaxV2 is the most bytes that Parse takes for a header of version 2, with everything it carries; the protocol allows 65,551.
const MaxV2 = 4096

// ErrShort is the error of a header of which more is to come.
var ErrShort = errors.New("proxyproto: the header is not whole yet")

// ErrNone is the error of bytes that do not begin as a header does.
var ErrNone = errors.New("proxyproto: no PROXY header")

// Header is what a proxy tells.
type Header struct {
	Version int // 1 or 2
	// Local reports that the proxy speaks for itself, as to see whether the server is there: the addresses are those of the
	// connection.
	Local bool
	// Source is who connected to the proxy, and Destination where to; not valid if the proxy does not know, or for
	// a Unix socket.
	Source, Destination netip.AddrPort
	// TLVs is what else a header of version 2 carries, in the form that [NextTLV] reads: a part of what was parsed.
	TLVs []byte
}

// What begins a header of either version.
const (
	signature1 = "PROXY "
	signature2 = "\r\n\r\n\x00\r\nQUIT\n"
)

// Parse reads the header that p begins with, and returns how many bytes it has. The error is ErrShort if more is needed to tell;
// ErrNone if p begins otherwise; or what is wrong with it.
func Parse(p []byte) (h Header, n int, err error) {
	switch {
	case begins(p, signature2):
		return parse2(p)
	case begins(p, signature1):
		return parse1(p)
	}
	return h, 0, ErrNone
}

// begins reports whether p begins with s, or s with p.
func begins(p []byte, s string) bool {
	n := min(len(p), len(s))
	return string(p[:n]) == s[:n]
}

// Types of a TLV, by the protocol.
const (
	TypeALPN      = 0x01
	TypeAuthority = 0x02
	TypeCRC32C    = 0x03
	TypeNoop      = 0x04
	TypeUniqueID  = 0x05
	TypeSSL       = 0x20
	TypeNetNS     = 0x30
)

const headerV2 = 16

func parse2(p []byte) (h Header, n int, err error) {
	if len(p) < headerV2 {
		return h, 0, ErrShort
	}
	if v := p[12] >> 4; v != 2 {
		return h, 0, fmt.Errorf("proxyproto: version %d in a binary header: want 2", v)
	}
	command := p[12] & 15
	if command > 1 {
		return h, 0, fmt.Errorf("proxyproto: command %d: want 0, LOCAL, or 1, PROXY", command)
	}
	family, transport := p[13]>>4, p[13]&15
	if family > 3 || transport > 2 {
		return h, 0, fmt.Errorf("proxyproto: family and transport 0x%02x: want 0 to 3 and 0 to 2", p[13])
	}
	length := int(binary.BigEndian.Uint16(p[14:]))
	n = headerV2 + length
	if n > MaxV2 {
		return h, 0, fmt.Errorf("proxyproto: a header of %d bytes: want %d at most", n, MaxV2)
	}
	if len(p) < n {
		return h, 0, ErrShort
	}
	body := p[headerV2:n:n]
	h = Header{Version: 2, Local: command == 0}
	if h.Local {
		return h, n, nil // what it carries is to be ignored
	}
	size := [...]int{0, 12, 36, 216}[family]
	if length < size {
		return h, 0, fmt.Errorf("proxyproto: %d bytes of addresses: a family %d has %d", length, family, size)
	}
	port := func(at int) uint16 { return binary.BigEndian.Uint16(body[at:]) }
	switch {
	case transport == 0: // unspecified: the addresses are not to be used
	case family == 1:
		h.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte(body)), port(8))
		h.Destination = netip.AddrPortFrom(netip.AddrFrom4([4]byte(body[4:])), port(10))
	case family == 2:
		h.Source = netip.AddrPortFrom(netip.AddrFrom16([16]byte(body)), port(32))
		h.Destination = netip.AddrPortFrom(netip.AddrFrom16([16]byte(body[16:])), port(34))
	}
	h.TLVs = body[size:]
	for rest := h.TLVs; len(rest) > 0; {
		if _, _, rest, err = NextTLV(rest); err != nil {
			return Header{}, 0, err
		}
	}
	return h, n, nil
}

// NextTLV takes the first one off Header.TLVs, which is not empty.
func NextTLV(tlvs []byte) (kind byte, value, rest []byte, err error) {
	if len(tlvs) < 3 || len(tlvs)-3 < int(binary.BigEndian.Uint16(tlvs[1:])) {
		return 0, nil, nil, errors.New("proxyproto: a TLV that is longer than the header")
	}
	end := 3 + int(binary.BigEndian.Uint16(tlvs[1:]))
	return tlvs[0], tlvs[3:end:end], tlvs[end:], nil
}

// Missing returns how many more bytes are certain to belong to the header that p begins with, when Parse says [ErrShort] of it: who
// reads no more than that at a time reads nothing of what follows the header. It means nothing if Parse says anything else.
func Missing(p []byte) int {
	switch {
	case len(p) < shortest:
		return shortest - len(p)
	case begins(p, signature1) && p[len(p)-1] == '\r':
		return 1
	case begins(p, signature1):
		return 2
	case len(p) < headerV2:
		return headerV2 - len(p)
	}
	return max(headerV2+int(binary.BigEndian.Uint16(p[14:]))-len(p), 0)
}

// shortest is the length of PROXY UNKNOWN.
const shortest = 15
