package netio

import "iter"

// SetGSO has [PacketConn.WriteBatch] hand datagrams that stand one after the other, go to one receiver from one address and have one
// length, of which the last may be shorter, to the system as one (generic segmentation offload, UDP_SEGMENT): they take their way through it
// once, and are cut at its end. What arrives is the same. Where the system refuses them, as where a device does not compute checksums, or
// a way takes only shorter ones, they are sent one by one, as without it. It is Linux's, since 4.18; elsewhere it fails with
// errors.ErrUnsupported.
func (p *PacketConn) SetGSO(on bool) error {
	p.check()
	return p.setGSO(on)
}

// SetGRO lets the system hand over datagrams of one sender that have one length, of which the last may be shorter, as one (generic receive
// offload, UDP_GRO): [Packet.Segment] tells, and [Packet.Datagrams] returns them. Packet.Data should have room for 64 KiB then: what finds none is
// lost, with Packet.Truncated. All reads, looks and tries of this socket come to such datagrams. It is Linux's, since 5.0; elsewhere it fails with
// errors.ErrUnsupported.
func (p *PacketConn) SetGRO(on bool) error {
	p.check()
	return p.setGRO(on)
}

// Datagrams returns what has arrived, datagram by datagram: there is one, unless [PacketConn.SetGRO] was called. They stand in Data. If
// Truncated is set the last one is cut, and others may be lost.
func (p *Packet) Datagrams() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		rest := p.Bytes()
		for p.Segment > 0 && len(rest) > p.Segment {
			if !yield(rest[:p.Segment:p.Segment]) {
				return
			}
			rest = rest[p.Segment:]
		}
		yield(rest)
	}
}
