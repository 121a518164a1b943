package ws

import (
	wire "github.com/magpie-go/magpie/wire/ws"
)

// minDeflated is from which length on a message is worth compressing.
const minDeflated = 128

// Prepared is a message as it is sent, made once for any number of connections. It does not change.
type Prepared struct {
	op              wire.Op
	plain, deflated []byte // frames of a server; deflated is nil if there is none
}

// Prepare makes a message. compress adds its compressed form, for connections that have agreed to that. It copies data.
func Prepare(op wire.Op, data []byte, compress bool) *Prepared {
	if op != wire.Text && op != wire.Binary {
		panic("ws: Prepare of what is neither text nor binary")
	}
	p := &Prepared{op: op, plain: wire.AppendFrame(nil, op, data)}
	if compress && len(data) >= minDeflated {
		small := wire.AppendDeflated(nil, data)
		h := wire.Header{Final: true, Compressed: true, Op: op, Length: int64(len(small))}
		p.deflated = append(wire.AppendHeader(nil, h), small...)
	}
	return p
}

// frame returns the form of p for a connection.
func (m *core) frame(p *Prepared) []byte {
	if p == nil {
		panic("ws: a nil Prepared; Prepare makes them")
	}
	compressed := m.deflate && p.deflated != nil
	frame := p.plain
	if compressed {
		frame = p.deflated
	}
	if !m.rules.client {
		return frame
	}
	_, n, err := wire.ParseHeader(frame)
	if err != nil {
		panic(err) // Prepare has made it
	}
	return m.appendFrame(nil, p.op, compressed, frame[n:])
}
