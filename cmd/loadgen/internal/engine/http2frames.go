package engine

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/net/http2"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// frameHeader is how long the header of a frame is.
const frameHeader = 9

// h2Error is a peer that breaks the rules of HTTP/2.
func h2Error(format string, args ...any) error {
	return fmt.Errorf("%w: HTTP/2: %w", stats.ErrReply, fmt.Errorf(format, args...))
}

// feed takes one frame.
func (c *h2) feed(p []byte) (int, outcome, error) {
	if len(p) < frameHeader {
		return 0, more, nil
	}
	length := int(p[0])<<16 | int(p[1])<<8 | int(p[2])
	kind, flags, id := http2.FrameType(p[3]), http2.Flags(p[4]), binary.BigEndian.Uint32(p[5:])&(1<<31-1)
	if length > h2MaxFrame {
		return 0, more, h2Error("a frame of %d bytes, more than %d", length, h2MaxFrame)
	}
	n := frameHeader + length
	if len(p) < n {
		return 0, more, nil
	}
	if !c.settled && kind != http2.FrameSettings {
		return 0, more, h2Error("a connection begins with a frame of type %d and not with SETTINGS", kind)
	}
	if c.headOf != 0 && (kind != http2.FrameContinuation || id != c.headOf) {
		return 0, more, h2Error("a header is not continued")
	}
	got, err := c.frame(kind, flags, id, p[frameHeader:n])
	return n, got, err
}

func (c *h2) frame(kind http2.FrameType, flags http2.Flags, id uint32, p []byte) (outcome, error) {
	switch kind {
	case http2.FrameData, http2.FrameHeaders, http2.FrameRSTStream, http2.FrameContinuation:
		if id == 0 || id%2 == 0 || id > c.opened {
			return more, h2Error("a frame of type %d on stream %d, which is none of this side's", kind, id)
		}
	}
	switch kind {
	case http2.FrameData:
		return c.data(flags, id, p)
	case http2.FrameHeaders:
		return c.headers(flags, id, p)
	case http2.FrameContinuation:
		return c.continuation(flags, id, p)
	case http2.FrameRSTStream:
		return c.reset(id, p)
	case http2.FrameSettings:
		return c.settings(flags, p)
	case http2.FramePing:
		if len(p) != 8 {
			return more, h2Error("a PING of %d bytes", len(p))
		}
		if !flags.Has(http2.FlagPingAck) {
			_ = c.framer.WritePing(true, [8]byte(p)) // appending cannot fail
		}
	case http2.FrameGoAway:
		return c.goAway(p)
	case http2.FrameWindowUpdate:
		return c.windowUpdate(id, p)
	case http2.FramePushPromise:
		return more, h2Error("a PUSH_PROMISE, which was forbidden")
	}
	return more, nil
}

// unpad takes the padding off.
func unpad(padded bool, p []byte) ([]byte, error) {
	if !padded {
		return p, nil
	}
	if len(p) == 0 || int(p[0]) >= len(p) {
		return nil, h2Error("more padding than the frame has room for")
	}
	return p[1 : len(p)-int(p[0])], nil
}

func (c *h2) data(flags http2.Flags, id uint32, p []byte) (outcome, error) {
	content, err := unpad(flags.Has(http2.FlagDataPadded), p)
	if err != nil {
		return more, err
	}
	c.used += uint32(len(p))
	if c.used >= h2Window/2 {
		_ = c.framer.WriteWindowUpdate(0, c.used) // appending cannot fail
		c.used = 0
	}
	i := c.find(id)
	if i < 0 {
		return more, nil
	}
	s := &c.streams[i]
	if s.status == 0 {
		return more, h2Error("content before a header on stream %d", id)
	}
	s.take(content)
	if flags.Has(http2.FlagDataEndStream) {
		return c.answer(i)
	}
	if s.used += uint32(len(p)); s.used >= h2Window/2 {
		_ = c.framer.WriteWindowUpdate(id, s.used)
		s.used = 0
	}
	return more, nil
}

func (c *h2) headers(flags http2.Flags, id uint32, p []byte) (outcome, error) {
	p, err := unpad(flags.Has(http2.FlagHeadersPadded), p)
	if err != nil {
		return more, err
	}
	if flags.Has(http2.FlagHeadersPriority) {
		if len(p) < 5 {
			return more, h2Error("a header of %d bytes with a priority", len(p))
		}
		p = p[5:]
	}
	end := flags.Has(http2.FlagHeadersEndStream)
	if !flags.Has(http2.FlagHeadersEndHeaders) {
		c.head, c.headOf, c.headEnd = append(c.head[:0], p...), id, end
		return more, nil
	}
	return c.header(id, end, p)
}

func (c *h2) continuation(flags http2.Flags, id uint32, p []byte) (outcome, error) {
	if c.headOf == 0 {
		return more, h2Error("a CONTINUATION of nothing")
	}
	if c.head = append(c.head, p...); len(c.head) > c.plan.maxHead {
		return more, h2Error("a header of more than %d bytes (--max-header)", c.plan.maxHead)
	}
	if !flags.Has(http2.FlagContinuationEndHeaders) {
		return more, nil
	}
	c.headOf = 0
	return c.header(id, c.headEnd, c.head)
}

// header takes a whole header: of an interim reply, of a reply, or its trailers.
func (c *h2) header(id uint32, end bool, p []byte) (outcome, error) {
	i := c.find(id)
	c.status_, c.looked, c.asks = 0, nil, false
	if i >= 0 {
		c.looked = c.streams[i].looked()
		if c.streams[i].status == 0 { // these are no trailers
			var told bool
			c.length, told = c.declared(p)
			c.asks = !told
		}
	}
	c.decoder.SetEmitEnabled(true)
	_, err := c.decoder.Write(p)
	if err == nil {
		err = c.decoder.Close()
	}
	if err != nil {
		return more, h2Error("%w", err)
	}
	if i < 0 {
		return more, nil
	}
	s := &c.streams[i]
	switch {
	case s.status != 0 && !end:
		return more, h2Error("a second header on stream %d", id)
	case s.status == 0 && (c.status_ < 100 || c.status_ > 999):
		return more, h2Error("a header without a status on stream %d", id)
	case s.status == 0 && c.status_ < 200 && end:
		return more, h2Error("stream %d ends with the interim status %d", id, c.status_)
	case s.status == 0 && c.status_ >= 200:
		s.status, s.length = c.status_, c.length
	}
	if !end {
		return more, nil
	}
	return c.answer(i)
}

func (c *h2) reset(id uint32, p []byte) (outcome, error) {
	if len(p) != 4 {
		return more, h2Error("a RST_STREAM of %d bytes", len(p))
	}
	i := c.find(id)
	if i < 0 {
		return more, nil
	}
	c.remove(i)
	return failed, fmt.Errorf("stream %d: %w with %v", id, stats.ErrStreamReset, http2.ErrCode(binary.BigEndian.Uint32(p)))
}

func (c *h2) settings(flags http2.Flags, p []byte) (outcome, error) {
	if flags.Has(http2.FlagSettingsAck) {
		return more, nil
	}
	if len(p)%6 != 0 {
		return more, h2Error("SETTINGS of %d bytes", len(p))
	}
	for ; len(p) > 0; p = p[6:] {
		value := binary.BigEndian.Uint32(p[2:])
		setting := http2.Setting{ID: http2.SettingID(binary.BigEndian.Uint16(p)), Val: value}
		if err := setting.Valid(); err != nil {
			return more, h2Error("%v: %w", setting, err)
		}
		switch setting.ID {
		case http2.SettingHeaderTableSize:
			c.encoder.SetMaxDynamicTableSizeLimit(min(value, h2Table))
			c.table, c.encoded = int(min(value, h2Table)), 0
		case http2.SettingMaxConcurrentStreams:
			c.maxStreams = int(min(value, 1<<30))
		case http2.SettingMaxFrameSize:
			c.maxFrame = int(min(value, 1<<16))
		case http2.SettingInitialWindowSize:
			for i := range c.streams {
				c.streams[i].window += int64(value) - c.initial
			}
			c.initial = int64(value)
		}
	}
	_ = c.framer.WriteSettingsAck() // appending cannot fail
	if c.settled && c.maxStreams == 0 {
		return c.leave(c.opened)
	}
	c.settled = true
	return more, nil
}

func (c *h2) windowUpdate(id uint32, p []byte) (outcome, error) {
	if len(p) != 4 {
		return more, h2Error("a WINDOW_UPDATE of %d bytes", len(p))
	}
	by := int64(binary.BigEndian.Uint32(p) & (1<<31 - 1))
	window := &c.window
	if id != 0 {
		i := c.find(id)
		if i < 0 {
			return more, nil
		}
		window = &c.streams[i].window
	}
	if *window += by; by == 0 || *window > 1<<31-1 {
		return more, h2Error("a WINDOW_UPDATE by %d, to %d", by, *window)
	}
	return more, nil
}

func (c *h2) goAway(p []byte) (outcome, error) {
	if len(p) < 8 {
		return more, h2Error("a GOAWAY of %d bytes", len(p))
	}
	last, code := binary.BigEndian.Uint32(p)&(1<<31-1), http2.ErrCode(binary.BigEndian.Uint32(p[4:]))
	if code != http2.ErrCodeNo {
		return more, fmt.Errorf("%w with %v %.80q", stats.ErrGoAway, code, p[8:])
	}
	return c.leave(last)
}

// leave begins no further streams, as the peer wants none: those up to the last one are answered yet.
func (c *h2) leave(last uint32) (outcome, error) {
	c.leaving, c.lastKept = true, min(c.lastKept, last)
	if !c.reusable() {
		return resend, nil
	}
	return more, nil
}
