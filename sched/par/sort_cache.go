package par

import (
	"math/bits"
	"slices"
)

const (
	insertLen  = 24  // keys that insertion sorts
	compareLen = 128 // keys that are not worth two tables of counters
)

// sortInCache sorts the keys in x, of whose bits those from b on agree, into d, which is x
// or as long; t is memory to use, of that length too. x is left as it was if it is not d.
func sortInCache[U unsigned](x, d, t []U, b uint) {
	inPlace := &x[0] == &d[0]
	if len(x) > compareLen && b == unknown {
		first, or := x[0], U(0)
		for _, k := range x {
			or |= k ^ first
		}
		b = uint(bits.Len64(uint64(or)))
	}
	if len(x) <= compareLen || b == 0 {
		if !inPlace {
			copy(d, x)
		}
		if b > 0 {
			sortFew(d)
		}
		return
	}
	low, high := (max(b, 16)-16)%sizeOf[U](), (max(b, 16)-8)%sizeOf[U]()
	var cl, ch [256]uint32
	for _, k := range x {
		cl[uint8(k>>low)]++
		ch[uint8(k>>high)]++
	}
	place(&cl)
	place(&ch)
	mid, end := d, t
	if inPlace {
		mid, end = t, d
	}
	scatterBytes(x, mid, &cl, low)
	scatterBytes(mid[:len(x)], end, &ch, high)
	if low > 0 {
		distribute(end[:len(x)], d, t, low)
	} else if !inPlace {
		copy(d, end)
	}
}

// scatterBytes moves keys from x to y, by 8 of their bits.
func scatterBytes[U unsigned](x, y []U, to *[256]uint32, shift uint) {
	shift %= sizeOf[U]()
	for _, k := range x {
		at := &to[uint8(k>>shift)]
		y[*at] = k
		*at++
	}
}

// place turns counts into the places where the first of each goes.
func place(c *[256]uint32) {
	next := uint32(0)
	for i, n := range c {
		c[i] = next
		next += n
	}
}

// distribute moves keys from x, which is d or t, to d and sorts them: those that differ from the
// bit low on are in order already.
func distribute[U unsigned](x, d, t []U, low uint) {
	last := U(0)
	for i := 0; i < len(x); i++ {
		k := x[i]
		if k >= last {
			d[i], last = k, k
			continue
		}
		j, end := i-1, max(i-insertLen, 0)
		d[i] = last
		for ; j > end && d[j-1] > k; j-- {
			d[j] = d[j-1]
		}
		d[j] = k
		if j > end || j == 0 {
			continue
		}
		// Many keys agree so far.
		for j = i + 1; j < len(x) && x[j]>>low == k>>low; j++ {
			d[j] = x[j]
		}
		first := i
		for first > 0 && d[first-1]>>low == k>>low {
			first--
		}
		sortInCache(d[first:j], d[first:j], t[first:j], unknown)
		i, last = j-1, d[j-1]
	}
}

// sortFew sorts a few keys in place.
func sortFew[U unsigned](s []U) {
	if len(s) > insertLen {
		slices.Sort(s)
		return
	}
	for i := 1; i < len(s); i++ {
		k, j := s[i], i
		for ; j > 0 && s[j-1] > k; j-- {
			s[j] = s[j-1]
		}
		s[j] = k
	}
}
