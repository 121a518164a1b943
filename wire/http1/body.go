package http1

import "bytes"

// Limits of the chunked coding, the same as net/http's.
const (
	maxChunkLine   = 4096
	maxChunk       = 1 << 62
	chunkAllowance = 16       // bytes of overhead that every chunk may have
	maxExcess      = 16 << 10 // bytes of overhead beyond that and twice the data
)

type bodyState uint8

const (
	bodyOver     bodyState = iota
	bodyCounted            // left bytes to come
	bodyToEOF              // until the peer closes
	bodyChunk              // at a chunk's first line
	bodyChunkEnd           // at the CRLF after a chunk
	bodyTrailer            // in the lines after the last chunk
)

// body finds the end of a message body.
type body struct {
	state   bodyState
	chunked bool
	folds   bool  // trailers may go on in lines that begin with a blank
	limit   int   // of the trailers' size; 0: MaxHead
	left    int64 // of the counted body or of the chunk
	excess  int64
	trailer int  // bytes of trailers
	keep    bool // append the trailers' lines to kept
	kept    []byte
	total   int64 // bytes of content so far
}

func (b *body) counted(n int64) {
	*b = body{}
	if n > 0 {
		b.state, b.left = bodyCounted, n
	}
}

// feed takes what it understands of p, hands content to sink if there is one, and
// returns how much that was. The body is over when the state is.
func (b *body) feed(p []byte, sink func([]byte)) (n int, err error) {
	for {
		took, piece, err := b.next(p[n:])
		n += took
		if len(piece) > 0 && sink != nil {
			sink(piece)
		}
		if took == 0 || err != nil || b.state == bodyOver {
			return n, err
		}
	}
}

// next takes what it understands of p up to the end of the first piece of content, and
// returns how much that was, with the piece, which is a part of p.
func (b *body) next(p []byte) (n int, piece []byte, err error) {
	for b.state != bodyOver {
		took := 0
		switch b.state {
		case bodyCounted:
			piece = b.content(p[n:])
			return n + len(piece), piece, nil
		case bodyToEOF:
			b.left = int64(len(p) - n)
			piece = b.content(p[n:])
			return n + len(piece), piece, nil
		case bodyChunk:
			took, err = b.chunkLine(p[n:])
		case bodyChunkEnd:
			took, err = b.chunkEnd(p[n:])
		case bodyTrailer:
			took, err = b.trailerLine(p[n:])
		}
		n += took
		if took == 0 || err != nil {
			return n, nil, err
		}
	}
	return n, nil, nil
}

func (b *body) content(p []byte) []byte {
	took := int(min(b.left, int64(len(p))))
	b.total += int64(took)
	b.left -= int64(took)
	if b.left == 0 && b.state == bodyCounted {
		b.state = bodyOver
		if b.chunked {
			b.state = bodyChunkEnd
		}
	}
	return p[:took:took]
}

// chunkLine reads "size[;extension]CRLF". Here a bare LF is no line end: intermediaries
// have disagreed about it, to the profit of smugglers.
func (b *body) chunkLine(p []byte) (int, error) {
	end := bytes.IndexByte(p, '\n')
	if end < 0 {
		if len(p) > maxChunkLine {
			return 0, ErrChunkLine
		}
		return 0, nil
	}
	if bytes.IndexByte(p[:end], '\r') != end-1 || end == 0 || end > maxChunkLine {
		return 0, ErrChunkLine
	}
	line := p[:end-1]
	size, _, _ := bytes.Cut(trimRight(line), semicolon)
	b.left = 0
	for _, c := range size {
		digit := hexDigit(c)
		if digit < 0 {
			return 0, ErrChunkLine
		}
		if b.left >= maxChunk>>4 {
			return 0, ErrChunkSize
		}
		b.left = b.left<<4 | int64(digit)
	}
	if len(size) == 0 || len(size) > 16 {
		return 0, ErrChunkLine
	}
	b.excess = max(0, b.excess+int64(len(line))+2-chunkAllowance-2*min(b.left, maxExcess))
	if b.excess > maxExcess {
		return 0, ErrChunkExcess
	}
	b.state = bodyCounted
	if b.left == 0 {
		b.state = bodyTrailer
	}
	return end + 1, nil
}

var semicolon = []byte{';'}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

func (b *body) chunkEnd(p []byte) (int, error) {
	if len(p) > 0 && p[0] != '\r' || len(p) > 1 && p[1] != '\n' {
		return 0, ErrChunkEnd
	}
	if len(p) < 2 {
		return 0, nil
	}
	b.state = bodyChunk
	return 2, nil
}

func (b *body) trailerLine(p []byte) (int, error) {
	end := bytes.IndexByte(p, '\n')
	if end < 0 {
		if b.trailer+len(p) >= maxHead(b.limit) {
			return 0, ErrHeadSize
		}
		return 0, nil
	}
	if b.trailer+end+1 > maxHead(b.limit) {
		return 0, ErrHeadSize
	}
	if end == 0 || p[end-1] != '\r' {
		return 0, ErrField
	}
	first := b.trailer == 0
	b.trailer += end + 1
	line := p[:end-1]
	switch {
	case len(line) == 0:
		b.state = bodyOver
	case b.folds && !first && isBlank(line[0]):
		if !isText(line) {
			return end + 1, ErrFieldValue
		}
		if b.keep { // a blank stands for the line end
			b.kept = append(b.kept[:len(b.kept)-2], ' ')
			b.kept = append(b.kept, bytes.TrimLeft(p[:end+1], " \t")...)
		}
	default:
		if _, _, err := cutField(line); err != nil {
			return end + 1, err
		}
		if b.keep {
			b.kept = append(b.kept, p[:end+1]...)
		}
	}
	return end + 1, nil
}
