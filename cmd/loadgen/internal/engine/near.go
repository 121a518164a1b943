package engine

import (
	"net"
	"strings"
)

// isNear reports whether a server is on this machine.
func isNear(network string, addresses []string) bool {
	if strings.HasPrefix(network, "unix") {
		return true
	}
	for _, a := range addresses {
		host, _, err := net.SplitHostPort(a)
		if err != nil {
			continue
		}
		host, _, _ = strings.Cut(host, "%")
		ip := net.ParseIP(host)
		if ip == nil {
			continue
		}
		if ip.IsLoopback() || ip.IsUnspecified() || isOwn(ip) {
			return true
		}
	}
	return false
}

// isOwn reports whether an address is one of this machine's.
func isOwn(ip net.IP) bool {
	own, _ := net.InterfaceAddrs()
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip) {
			return true
		}
	}
	return false
}
