package http1

import "bytes"

// MaxHead is the size in bytes from which on a header, trailers apart, is refused if
// nothing else is asked for. It is what common servers allow for all header lines
// together.
const MaxHead = 64 << 10

// head is what is kept of the header.
type head struct {
	limit        int   // of its size; 0: MaxHead
	size         int   // bytes of it so far
	minor        byte  // of the version 1.x
	length       int64 // Content-Length, if hasLength
	lengthDigits int
	hasLength    bool
	encodings    int // Transfer-Encoding lines
	chunked      bool
	close        bool // Connection: close
	keepAlive    bool // Connection: keep-alive
	badTrailer   bool
	expects      int  // Expect lines
	goOn         bool // the first Expect is 100-continue
	badExpect    bool // the first Expect is something else
	hosts        int
	badHost      bool
	upgrade      bool // Connection: upgrade
}

// cutLine returns the first line of p without its end, and its length with it; n is 0
// if the line is not complete. A bare LF ends a line too, as RFC 9112 allows.
func (h *head) cutLine(p []byte) (line []byte, n int, err error) {
	i := bytes.IndexByte(p, '\n')
	if i < 0 {
		return nil, 0, h.mayGrow(len(p))
	}
	return bytes.TrimSuffix(p[:i], crByte), i + 1, h.grow(i + 1)
}

// cutStrict is cutLine for requests, in which a bare LF is no line end: intermediaries
// have disagreed about it, to the profit of smugglers.
func (h *head) cutStrict(p []byte) (line []byte, n int, err error) {
	i := bytes.IndexByte(p, '\n')
	if i < 0 {
		return nil, 0, h.mayGrow(len(p))
	}
	if err := h.grow(i + 1); err != nil {
		return nil, 0, err
	}
	if i == 0 || p[i-1] != '\r' {
		return nil, 0, ErrBareLF
	}
	return p[:i-1], i + 1, nil
}

// grow counts n bytes more.
func (h *head) grow(n int) error {
	if h.size += n; h.size > maxHead(h.limit) {
		return ErrHeadSize
	}
	return nil
}

// mayGrow reports an error if n bytes more, which do not end a line yet, are too many.
func (h *head) mayGrow(n int) error {
	if h.size+n >= maxHead(h.limit) {
		return ErrHeadSize
	}
	return nil
}

func maxHead(limit int) int {
	if limit > 0 {
		return limit
	}
	return MaxHead
}

var crByte = []byte{'\r'}

// version reads "HTTP/1.x".
func (h *head) version(p []byte) bool {
	if len(p) != len("HTTP/1.x") || string(p[:7]) != "HTTP/1." || p[7] < '0' || p[7] > '9' {
		return false
	}
	h.minor = p[7] - '0'
	return true
}

// field takes one header line, and returns its parts.
func (h *head) field(line []byte) (name, value []byte, err error) {
	name, value, err = cutField(line)
	if err == nil {
		err = h.note(name, value)
	}
	return name, value, err
}

// note looks at a field for what frames the message.
func (h *head) note(name, value []byte) error {
	switch len(name) {
	case len("Host"):
		if EqualFold(name, "host") {
			h.hosts++
			h.badHost = h.badHost || !isHost(value)
		}
	case len("Expect"):
		if EqualFold(name, "expect") {
			h.expectation(value)
		}
	case len("Trailer"):
		if EqualFold(name, "trailer") {
			eachToken(value, h.trailerToken)
		}
	case len("Connection"):
		if EqualFold(name, "connection") {
			eachToken(value, h.connectionToken)
		}
	case len("Content-Length"):
		if EqualFold(name, "content-length") {
			return h.contentLength(value)
		}
	case len("Transfer-Encoding"):
		if EqualFold(name, "transfer-encoding") {
			h.encodings++
			h.chunked = EqualFold(value, "chunked")
		}
	}
	return nil
}

// cutField splits a header line and checks it for form.
func cutField(line []byte) (name, value []byte, err error) {
	if isBlank(line[0]) {
		return nil, nil, ErrFolded
	}
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return nil, nil, ErrField
	}
	name, value = line[:colon], line[colon+1:]
	for _, b := range name {
		if !isToken[b] {
			return nil, nil, ErrFieldName
		}
	}
	if !isText(value) {
		return nil, nil, ErrFieldValue
	}
	return name, trimBlanks(value), nil
}

// expectation takes an Expect; what comes after the first does not count.
func (h *head) expectation(value []byte) {
	if h.expects++; h.expects > 1 || len(value) == 0 {
		return
	}
	eachToken(value, func(t []byte) { h.goOn = h.goOn || EqualFold(t, "100-continue") })
	h.badExpect = !h.goOn
}

func (h *head) trailerToken(t []byte) {
	if EqualFold(t, "content-length") || EqualFold(t, "transfer-encoding") || EqualFold(t, "trailer") {
		h.badTrailer = true
	}
}

func (h *head) connectionToken(t []byte) {
	switch {
	case EqualFold(t, "close"):
		h.close = true
	case EqualFold(t, "keep-alive"):
		h.keepAlive = true
	case EqualFold(t, "upgrade"):
		h.upgrade = true
	}
}

// contentLength accepts a repeated header if it is the same to the letter.
func (h *head) contentLength(value []byte) error {
	n, ok := parseLength(value)
	if !ok || h.hasLength && (n != h.length || len(value) != h.lengthDigits) {
		return ErrLength
	}
	h.length, h.lengthDigits, h.hasLength = n, len(value), true
	return nil
}

func parseLength(p []byte) (n int64, ok bool) {
	for _, b := range p {
		if b < '0' || b > '9' || n > (1<<63-1-int64(b-'0'))/10 {
			return 0, false
		}
		n = n*10 + int64(b-'0')
	}
	return n, len(p) > 0
}

// encoding checks the Transfer-Encoding once the header is complete; a version 1.0
// peer does not know it, so there it means nothing.
func (h *head) encoding() error {
	if h.minor == 0 {
		h.encodings, h.chunked = 0, false
	}
	if h.encodings > 1 || h.encodings == 1 && !h.chunked {
		return ErrEncoding
	}
	if h.chunked && h.badTrailer {
		return ErrTrailerName
	}
	return nil
}

// persistent reports whether the header lets the connection carry another message.
func (h *head) persistent() bool {
	if h.minor == 0 {
		return h.keepAlive && !h.close
	}
	return !h.close
}
