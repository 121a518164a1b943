package netio

// kind is what an endpoint is an end of.
type kind uint8

const (
	tcpKind kind = iota
	unixKind
	unixpacketKind
	unixgramKind
	pipeKind
	fdKind
	udp4Kind
	udp6Kind // of IPv6, perhaps of both
)

// isUnix reports whether its addresses are paths.
func (k kind) isUnix() bool { return k == unixKind || k == unixpacketKind || k == unixgramKind }

// network is what errors and addresses call it.
func (k kind) network() string {
	return [...]string{tcpKind: "tcp", unixKind: "unix", unixpacketKind: "unixpacket", unixgramKind: "unixgram", pipeKind: "pipe", fdKind: "fd", udp4Kind: "udp", udp6Kind: "udp"}[k]
}
