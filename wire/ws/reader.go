package ws

// Reader takes the frames of one side of a connection. Set its first fields before the first call; the zero value reads what a
// client sends, without compression, with the default limit.
type Reader struct {
	Client     bool  // it reads what a server sends: frames without masks
	Compressed bool  // permessage-deflate was negotiated
	MaxMessage int64 // bytes of a message as it is sent; 0: DefaultMax. See Inflater for what it comes to

	inFrame  bool
	begun    bool // a message that is not over
	deflated bool // it is compressed
	closed   bool
	op       Op // of the message
	header   Header
	read     int64 // of the frame
	total    int64 // of the message
	text     UTF8
}

// DefaultMax is how large a message may be if nothing else was said: 16 MiB.
const DefaultMax = 16 << 20

// Event is what Next has found.
type Event struct {
	Op         Op     // Text, Binary: a piece of a message; Ping, Pong, Close: as a whole
	Final      bool   // the last piece of the message
	Compressed bool   // the message is compressed; that its text is UTF-8 is not checked
	Data       []byte // part of what was given to Next, unmasked
}

// Next takes what comes first in p: a piece of a message, or a control frame. It returns how much of p that was, 0 if nothing can be
// made of p yet: then it wants the same bytes again, with more behind them, at most 139. A piece may be empty.
//
// After an error, or Close, the reader is at its end. It does not allocate.
func (r *Reader) Next(p []byte) (e Event, n int, err error) {
	if !r.inFrame {
		h, took, err := ParseHeader(p)
		// What the first bytes say comes first, as it would if the others had not come yet.
		if len(p) > 0 && (err == nil || err == ErrLength || err == ErrControlSize) {
			if first := r.check(&h, len(p), took > 0); first != nil {
				err = first
			}
		}
		if err != nil || took == 0 {
			return e, 0, err
		}
		if h.Op.IsControl() {
			return r.control(&h, p, took)
		}
		r.begin(&h)
		n = took
		if n == len(p) && h.Length > 0 {
			return Event{Op: r.op, Compressed: r.deflated}, n, nil // an empty piece: the header is taken
		}
	}
	if n == len(p) && r.read < r.header.Length {
		return e, 0, nil
	}
	data := p[n:]
	if left := r.header.Length - r.read; int64(len(data)) > left {
		data = data[:left]
	}
	if r.header.Masked {
		Mask(data, r.header.Mask, r.read)
	}
	r.read += int64(len(data))
	e = Event{Op: r.op, Compressed: r.deflated, Data: data[:len(data):len(data)]}
	if r.op == Text && !r.deflated && !r.text.Feed(data) {
		return e, 0, ErrUTF8
	}
	if r.read == r.header.Length {
		r.inFrame = false
		if r.header.Final {
			e.Final, r.begun = true, false
			if r.op == Text && !r.deflated && !r.text.Whole() {
				return e, 0, ErrUTF8
			}
		}
	}
	return e, n + len(data), nil
}

// check looks at a header as far as it has come.
func (r *Reader) check(h *Header, have int, whole bool) error {
	switch {
	case r.closed:
		return ErrAfterClose
	case h.Compressed && !r.Compressed:
		return ErrReserved
	case h.Op == Continuation && !r.begun:
		return ErrNothingBegun
	case (h.Op == Text || h.Op == Binary) && r.begun:
		return ErrNotEnded
	case have < 2:
		return nil
	case h.Masked && r.Client:
		return ErrMasked
	case !h.Masked && !r.Client:
		return ErrNotMasked
	}
	most := r.MaxMessage
	if most == 0 {
		most = DefaultMax
	}
	total := h.Length
	if h.Op == Continuation {
		total += r.total
	}
	if whole && !h.Op.IsControl() && (total > most || total < 0) {
		return ErrTooBig
	}
	return nil
}

func (r *Reader) begin(h *Header) {
	if h.Op != Continuation {
		r.op, r.begun, r.deflated, r.total, r.text = h.Op, true, h.Compressed, 0, UTF8{}
	}
	r.inFrame, r.header, r.read = true, *h, 0
	r.total += h.Length
}

// control takes a control frame as a whole.
func (r *Reader) control(h *Header, p []byte, at int) (e Event, n int, err error) {
	end := at + int(h.Length)
	if end > len(p) {
		return e, 0, nil
	}
	data := p[at:end:end]
	if h.Masked {
		Mask(data, h.Mask, 0)
	}
	if h.Op == Close {
		if _, _, err := ParseClosing(data); err != nil {
			return e, 0, err
		}
		r.closed = true
	}
	return Event{Op: h.Op, Final: true, Data: data}, end, nil
}

// Begun reports whether a message, or a frame of it, is unfinished.
func (r *Reader) Begun() bool { return r.begun || r.inFrame }
