package proxyproto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// Append appends h as its Version has it, 2 if that is 0. Both addresses are of one family, as mixed ones a proxy writes those of IPv4
// as IPv6; without them a header of version 1 says UNKNOWN, and one of version 2 that the family is not specified.
func Append(p []byte, h Header) ([]byte, error) {
	known := h.Source.IsValid()
	if known != h.Destination.IsValid() {
		return p, errors.New("proxyproto: one address without the other")
	}
	from, to := h.Source.Addr(), h.Destination.Addr()
	if known && (from.Zone() != "" || to.Zone() != "") {
		return p, errors.New("proxyproto: an address with a zone, which means nothing elsewhere")
	}
	four := known && from.Is4() && to.Is4()
	switch h.Version {
	case 1:
		return append1(p, h, known, four)
	case 0, 2:
		return append2(p, h, known, four)
	}
	return p, fmt.Errorf("proxyproto: version %d: want 1 or 2", h.Version)
}

func append1(p []byte, h Header, known, four bool) ([]byte, error) {
	if len(h.TLVs) > 0 {
		return p, errors.New("proxyproto: TLVs in a header of version 1: want version 2")
	}
	if !known || h.Local {
		return append(p, "PROXY UNKNOWN\r\n"...), nil
	}
	if four {
		p = append(p, "PROXY TCP4 "...)
	} else {
		p = append(p, "PROXY TCP6 "...)
	}
	p = appendIP(p, h.Source.Addr(), four)
	p = append(p, ' ')
	p = appendIP(p, h.Destination.Addr(), four)
	return fmt.Appendf(p, " %d %d\r\n", h.Source.Port(), h.Destination.Port()), nil
}

func appendIP(p []byte, a netip.Addr, four bool) []byte {
	if !four && a.Is4() {
		a = netip.AddrFrom16(a.As16())
	}
	return a.AppendTo(p)
}

func append2(p []byte, h Header, known, four bool) ([]byte, error) {
	for rest := h.TLVs; len(rest) > 0; {
		var err error
		if _, _, rest, err = NextTLV(rest); err != nil {
			return p, err
		}
	}
	begin := len(p)
	p = append(p, signature2...)
	p = append(p, 0x21, 0, 0, 0)
	if h.Local {
		p[begin+12] = 0x20
	}
	switch {
	case !known:
	case four:
		p[begin+13] = 0x11
		s, d := h.Source.Addr().As4(), h.Destination.Addr().As4()
		p = append(append(p, s[:]...), d[:]...)
	default:
		p[begin+13] = 0x21
		s, d := h.Source.Addr().As16(), h.Destination.Addr().As16()
		p = append(append(p, s[:]...), d[:]...)
	}
	if known {
		p = binary.BigEndian.AppendUint16(p, h.Source.Port())
		p = binary.BigEndian.AppendUint16(p, h.Destination.Port())
	}
	p = append(p, h.TLVs...)
	n := len(p) - begin
	if n > MaxV2 {
		return p[:begin], fmt.Errorf("proxyproto: a header of %d bytes: want %d at most", n, MaxV2)
	}
	binary.BigEndian.PutUint16(p[begin+14:], uint16(n-headerV2))
	return p, nil
}

// AppendTLV appends one to Header.TLVs.
func AppendTLV(tlvs []byte, kind byte, value []byte) []byte {
	if len(value) > MaxV2 {
		panic(fmt.Sprintf("proxyproto: a TLV of %d bytes: a header has %d at most", len(value), MaxV2))
	}
	tlvs = append(tlvs, kind)
	tlvs = binary.BigEndian.AppendUint16(tlvs, uint16(len(value)))
	return append(tlvs, value...)
}
