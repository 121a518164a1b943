package server

import (
	"net/url"
	"strings"
)

// URL returns where it serves, as "loadgen run" takes it, whatever characters a socket's
// path or an interface's name has.
func (s *Server) URL() string {
	if s.packets != nil {
		return (&url.URL{Scheme: "udp", Host: s.packets.nc.LocalAddr().String()}).String()
	}
	addr := s.listener.Addr()
	switch at := addr.String(); {
	case addr.Network() == "unix" && s.config.Mode == HTTP:
		return "http+unix://" + encode.Replace(url.QueryEscape(at)) + "/"
	case addr.Network() == "unix":
		return "unix://" + encodeSlashes.Replace(url.QueryEscape(at))
	case s.config.Mode == HTTP:
		return (&url.URL{Scheme: "http", Host: at, Path: "/"}).String()
	case s.config.Mode == WebSocket:
		return (&url.URL{Scheme: "ws", Host: at, Path: "/"}).String()
	case s.config.Mode == Redis:
		return (&url.URL{Scheme: "redis", Host: at}).String()
	default:
		return (&url.URL{Scheme: "tcp", Host: at}).String()
	}
}

// QueryEscape leaves nothing that a shell might take for its own; in a path a blank is
// written with a percent sign, and a slash as itself where it cannot be mistaken.
var (
	encode        = strings.NewReplacer("+", "%20")
	encodeSlashes = strings.NewReplacer("+", "%20", "%2F", "/")
)
