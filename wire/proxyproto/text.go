package proxyproto

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// parse1 reads a line: PROXY TCP4 or TCP6, two addresses and two ports, or PROXY UNKNOWN and whatever follows.
func parse1(p []byte) (h Header, n int, err error) {
	end := bytes.IndexByte(p[:min(len(p), MaxV1)], '\n')
	switch {
	case end < 0 && len(p) < MaxV1:
		return h, 0, ErrShort
	case end < 0:
		return h, 0, fmt.Errorf("proxyproto: a line of more than %d bytes", MaxV1)
	case p[end-1] != '\r':
		return h, 0, fmt.Errorf("proxyproto: a line that ends without a carriage return")
	}
	line := string(p[len(signature1) : end-1])
	h.Version = 1
	if line == "UNKNOWN" || strings.HasPrefix(line, "UNKNOWN ") {
		return h, end + 1, nil
	}
	parts := strings.Split(line, " ")
	if len(parts) != 5 || parts[0] != "TCP4" && parts[0] != "TCP6" {
		return Header{}, 0, fmt.Errorf("proxyproto: %q: want TCP4 or TCP6, two addresses and two ports, with one space between them", line)
	}
	if h.Source, err = address(parts[0], parts[1], parts[3]); err == nil {
		h.Destination, err = address(parts[0], parts[2], parts[4])
	}
	if err != nil {
		return Header{}, 0, err
	}
	return h, end + 1, nil
}

func address(family, ip, port string) (netip.AddrPort, error) {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Zone() != "" || a.Is4() != (family == "TCP4") {
		return netip.AddrPort{}, fmt.Errorf("proxyproto: %q is no address of %s", ip, family)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || len(port) > 1 && port[0] == '0' {
		return netip.AddrPort{}, fmt.Errorf("proxyproto: %q is no port: want 0 to 65535, without zeros before it", port)
	}
	return netip.AddrPortFrom(a, uint16(n)), nil
}
