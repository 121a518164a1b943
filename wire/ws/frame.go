package ws

import "encoding/binary"

// Op is what a frame is.
type Op byte

// The opcodes.
const (
	Continuation Op = 0
	Text         Op = 1
	Binary       Op = 2
	Close        Op = 8
	Ping         Op = 9
	Pong         Op = 10
)

// IsControl reports whether a frame of this kind may come between the fragments of a message.
func (o Op) IsControl() bool { return o >= 8 }

// MaxControl is how much a control frame may carry.
const MaxControl = 125

// MaxHeader is how long a header may be.
const MaxHeader = 14

// Header is that of a frame.
type Header struct {
	Final      bool // the last fragment of its message
	Compressed bool // the first reserved bit: a message compressed by permessage-deflate begins
	Op         Op
	Masked     bool
	Mask       [4]byte
	Length     int64
}

// ParseHeader reads a header off p. n is its length, 0 if it is incomplete. What it checks is what holds for all frames; what
// depends on the connection [Reader] does.
func ParseHeader(p []byte) (h Header, n int, err error) {
	if len(p) == 0 {
		return h, 0, nil
	}
	h.Final, h.Compressed, h.Op = p[0]&0x80 != 0, p[0]&0x40 != 0, Op(p[0]&15)
	switch {
	case p[0]&0x30 != 0:
		return h, 0, ErrReserved
	case h.Op > Binary && h.Op < Close || h.Op > Pong:
		return h, 0, ErrOpcode
	case h.Op.IsControl() && !h.Final:
		return h, 0, ErrControlFragment
	case h.Compressed && (h.Op.IsControl() || h.Op == Continuation):
		return h, 0, ErrReserved
	}
	if len(p) < 2 {
		return h, 0, nil
	}
	h.Masked = p[1]&0x80 != 0
	h.Length = int64(p[1] & 0x7f)
	if h.Op.IsControl() && h.Length > MaxControl {
		return h, 0, ErrControlSize
	}
	n = 2
	switch h.Length {
	case 126:
		if n += 2; len(p) < n {
			return h, 0, nil
		}
		if h.Length = int64(binary.BigEndian.Uint16(p[2:])); h.Length < 126 {
			return h, 0, ErrLength
		}
	case 127:
		if n += 8; len(p) < n {
			return h, 0, nil
		}
		if v := binary.BigEndian.Uint64(p[2:]); v < 1<<16 || v >= 1<<63 {
			return h, 0, ErrLength
		}
		h.Length = int64(binary.BigEndian.Uint64(p[2:]))
	}
	if h.Masked {
		if n += 4; len(p) < n {
			return h, 0, nil
		}
		copy(h.Mask[:], p[n-4:])
	}
	return h, n, nil
}

// AppendHeader appends a header. What it says is sent as it is.
func AppendHeader(b []byte, h Header) []byte {
	first := byte(h.Op)
	if h.Final {
		first |= 0x80
	}
	if h.Compressed {
		first |= 0x40
	}
	masked := byte(0)
	if h.Masked {
		masked = 0x80
	}
	switch {
	case h.Length < 126:
		b = append(b, first, masked|byte(h.Length))
	case h.Length < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, first, masked|126), uint16(h.Length))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, masked|127), uint64(h.Length))
	}
	if h.Masked {
		b = append(b, h.Mask[:]...)
	}
	return b
}

// AppendFrame appends an unfragmented frame of a server.
func AppendFrame[S []byte | string](b []byte, op Op, data S) []byte {
	return append(AppendHeader(b, Header{Final: true, Op: op, Length: int64(len(data))}), data...)
}

// AppendMasked appends an unfragmented frame of a client. The mask has to be one that nobody can guess, and another for
// each frame.
func AppendMasked[S []byte | string](b []byte, op Op, data S, mask [4]byte) []byte {
	b = AppendHeader(b, Header{Final: true, Op: op, Masked: true, Mask: mask, Length: int64(len(data))})
	n := len(b)
	b = append(b, data...)
	Mask(b[n:], mask, 0)
	return b
}

// Mask masks p, or unmasks it, which is the same. p is the content of its frame from offset on.
func Mask(p []byte, mask [4]byte, offset int64) {
	var key [4]byte
	for i := range key {
		key[i] = mask[(offset+int64(i))&3]
	}
	k := binary.LittleEndian.Uint32(key[:])
	wide := uint64(k)<<32 | uint64(k)
	for len(p) >= 32 {
		q := p[:32]
		binary.LittleEndian.PutUint64(q, binary.LittleEndian.Uint64(q)^wide)
		binary.LittleEndian.PutUint64(q[8:], binary.LittleEndian.Uint64(q[8:])^wide)
		binary.LittleEndian.PutUint64(q[16:], binary.LittleEndian.Uint64(q[16:])^wide)
		binary.LittleEndian.PutUint64(q[24:], binary.LittleEndian.Uint64(q[24:])^wide)
		p = p[32:]
	}
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^wide)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= key[i&3]
	}
}
