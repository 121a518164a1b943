package stats

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// sparse is the counts of one of our histograms, up to the last that is not 0, as varints; so many zeros in a row are one
// negative number. HdrHistogram's own format is this, compressed, and compressing costs more than all else: a machine that
// puts a load on others has no time for that in each interval.
type sparse []byte

func sparseOf(h *hdrhistogram.Histogram) (p sparse) {
	left := h.TotalCount()
	zeros := int64(0)
	for _, n := range h.Export().Counts {
		if left == 0 {
			break
		}
		if n == 0 {
			zeros++
			continue
		}
		if zeros > 0 {
			p = binary.AppendVarint(p, -zeros)
			zeros = 0
		}
		p = binary.AppendVarint(p, n)
		left -= n
	}
	return p
}

// histogram returns what it is the counts of. It may have been made by anybody.
func (p sparse) histogram(digits int) (*hdrhistogram.Histogram, error) {
	h := hdrhistogram.New(unit, limit, digits)
	if len(p) == 0 {
		return h, nil
	}
	s := h.Export()
	at, sum := int64(0), int64(0)
	for len(p) > 0 {
		n, size := binary.Varint(p)
		if size <= 0 {
			return nil, errors.New("a histogram that ends amid a count")
		}
		p = p[size:]
		last := int64(len(s.Counts)) - 1
		switch {
		case n == 0:
			return nil, errors.New("a histogram with a count of 0")
		case n < 0 && n >= at-last:
			at -= n
			continue
		case n < 0 || at > last:
			return nil, fmt.Errorf("a histogram of more than %d counts", last+1)
		case n > mostSamples-sum:
			return nil, errors.New("a histogram of more than 2^62 samples")
		}
		s.Counts[at] = n
		at++
		sum += n
	}
	return hdrhistogram.Import(s), nil
}

const mostSamples = int64(1) << 62
