package codec

import (
	"fmt"
	"math"
)

// DefaultMaxFrame is the limit of a message for which none was given: 8 MB.
const DefaultMaxFrame = 8 << 20

// SkipNothing is a Skip of a [LengthDelimited] whose frames begin with their heads.
const SkipNothing = -1

// LengthDelimited is the codec of messages that say how long they are:
//
//	FieldOffset bytes | the length, FieldLen bytes | as many bytes as the length says, and Adjust
//
// Its zero value is that of messages after a length of four bytes, the highest first. It is for one stream. Its
// fields may be changed between frames; a message whose head has been read is not affected.
//
// A message that is too long is an [ErrTooLong] as soon as its head has come, and the stream ends.
type LengthDelimited struct {
	FieldOffset  int  // bytes before the length
	FieldLen     int  // bytes of the length, 1 to 8; 4 if it is 0
	LittleEndian bool // the lowest byte comes first
	Adjust       int  // what follows the length, less what it says: -4 for one of four bytes that counts itself
	Skip         int  // how much of the beginning is not part of the frame; all up to the end of the length if it is 0
	Max          int  // how many bytes may follow the length; 8 MB if it is 0

	total int // of the message whose head has been read, 0 if it has not
}

// Decode implements Decoder. The frame is a part of src.
func (d *LengthDelimited) Decode(src []byte, end bool) (frame []byte, n int, err error) {
	if d.total == 0 {
		head := d.head()
		if len(src) < head {
			return nil, 0, ErrMore
		}
		body, err := d.body(d.get(src[d.FieldOffset:head]))
		if err != nil {
			return nil, 0, err
		}
		d.total = head + body
	}
	if len(src) < d.total {
		if end {
			d.total = 0
		}
		return nil, 0, ErrMore
	}
	n, d.total = d.total, 0
	return src[min(d.skip(), n):n], n, nil
}

// body returns how many bytes follow a length.
func (d *LengthDelimited) body(length uint64) (int, error) {
	max := min(limit("LengthDelimited", d.Max, DefaultMaxFrame), math.MaxInt-d.head())
	adjust := uint64(d.Adjust) // in two's complement
	body := length + adjust
	switch {
	case d.Adjust < 0 && length < -adjust:
		return 0, fmt.Errorf("codec: a message says that its length is %d, which is less than it must be (%d)", length, -d.Adjust)
	case d.Adjust > 0 && body < length, body > uint64(max):
		return 0, tooLong("a message", body, max)
	}
	return int(body), nil
}

// Encode implements Encoder: it appends the length and the frame. It fails for a frame that is too long, for Max or for
// the length's bytes, or shorter than Adjust. A codec with a FieldOffset only decodes.
func (d *LengthDelimited) Encode(dst, frame []byte) ([]byte, error) {
	width := d.head() - d.FieldOffset
	max := limit("LengthDelimited", d.Max, DefaultMaxFrame)
	length := len(frame) - d.Adjust
	switch {
	case d.FieldOffset > 0:
		return dst, fmt.Errorf("codec: a LengthDelimited with a FieldOffset (%d) only decodes: nobody knows what stands before the length", d.FieldOffset)
	case len(frame) > max:
		return dst, tooLong("a message", uint64(len(frame)), max)
	case length < 0:
		return dst, fmt.Errorf("codec: a message of %d bytes, and Adjust is %d: its length would be negative", len(frame), d.Adjust)
	case uint64(length) > math.MaxUint64>>(64-8*width):
		return dst, fmt.Errorf("codec: a length of %d does not fit into %d bytes: %w", length, width, ErrTooLong)
	}
	for i := range width {
		shift := 8 * i
		if !d.LittleEndian {
			shift = 8 * (width - 1 - i)
		}
		dst = append(dst, byte(uint64(length)>>shift))
	}
	return append(dst, frame...), nil
}

func (d *LengthDelimited) get(field []byte) (length uint64) {
	for i := range field {
		if d.LittleEndian {
			length |= uint64(field[i]) << (8 * i)
		} else {
			length = length<<8 | uint64(field[i])
		}
	}
	return length
}

// head returns how many bytes stand before what the length tells the length of.
func (d *LengthDelimited) head() int {
	width := d.FieldLen
	if width == 0 {
		width = 4
	}
	if width < 1 || width > 8 || d.FieldOffset < 0 || d.Skip < SkipNothing {
		panic(fmt.Sprintf("codec: LengthDelimited with FieldLen %d, FieldOffset %d, Skip %d; set FieldLen to 1 to 8 or 0, the others to 0 or more, Skip also to SkipNothing",
			d.FieldLen, d.FieldOffset, d.Skip))
	}
	return d.FieldOffset + width
}

func (d *LengthDelimited) skip() int {
	switch d.Skip {
	case 0:
		return d.head()
	case SkipNothing:
		return 0
	}
	return d.Skip
}
