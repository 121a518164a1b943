package stats

import (
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histogram is a distribution of times in nanoseconds. Its text is that of HdrHistogram's V2
// format, compressed, in base64, which its libraries in other languages read. The zero
// value has none.
type Histogram struct{ *hdrhistogram.Histogram }

// IsZero reports whether there is none.
func (h Histogram) IsZero() bool { return h.Histogram == nil }

// MarshalText implements encoding.TextMarshaler.
func (h Histogram) MarshalText() ([]byte, error) { return h.EncodeV2() }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Histogram) UnmarshalText(text []byte) (err error) {
	if err := checkText(text); err != nil {
		return err
	}
	h.Histogram, err = hdrhistogram.Decode(text)
	return err
}

// Packed is a Histogram that takes memory for the times that occurred only.
type Packed struct{ *hdrhistogram.PackedHistogram }

// IsZero reports whether there is none, or nothing in it.
func (p Packed) IsZero() bool { return p.PackedHistogram == nil || p.TotalCount() == 0 }

// MarshalText implements encoding.TextMarshaler.
func (p Packed) MarshalText() ([]byte, error) { return p.Encode() }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Packed) UnmarshalText(text []byte) (err error) {
	if err := checkText(text); err != nil {
		return err
	}
	p.PackedHistogram, err = hdrhistogram.DecodePacked(text)
	return err
}

// maxText is more than the longest text that a histogram of ours comes to.
const maxText = 1 << 20

func checkText(text []byte) error {
	if len(text) > maxText {
		return fmt.Errorf("a histogram of %d bytes, and none is longer than %d", len(text), maxText)
	}
	return nil
}

// packedDigits is the precision of an interval's histogram: within 1 percent.
const packedDigits = 2

// pack returns the times of a histogram in little memory.
func pack(h *hdrhistogram.Histogram) Packed {
	p := hdrhistogram.NewPacked(unit, limit, packedDigits)
	p.MergeFrom(h)
	p.Compact()
	return Packed{p}
}
