package kv

// list is a list of strings: a ring, so that both ends and every index cost the same.
type list struct {
	ring  [][]byte // a power of two long
	first int
	n     int
}

// at returns the place of the i-th.
func (l *list) at(i int) *[]byte { return &l.ring[(l.first+i)&(len(l.ring)-1)] }

const minRing = 4

func (l *list) grow() {
	if l.n == len(l.ring) {
		l.resize(max(minRing, 2*len(l.ring)))
	}
}

// shrink gives room back that a queue once needed which is never quite empty.
func (l *list) shrink() {
	if len(l.ring) > minRing && l.n < len(l.ring)/8 {
		l.resize(len(l.ring) / 2)
	}
}

func (l *list) resize(n int) {
	ring := make([][]byte, n)
	for i := range l.n {
		ring[i] = *l.at(i)
	}
	l.ring, l.first = ring, 0
}

func (l *list) pushBack(v []byte) {
	l.grow()
	l.n++
	*l.at(l.n - 1) = v
}

func (l *list) pushFront(v []byte) {
	l.grow()
	l.first = (l.first - 1) & (len(l.ring) - 1)
	l.n++
	*l.at(0) = v
}

func (l *list) popFront() []byte {
	v := *l.at(0)
	*l.at(0) = nil
	l.first = (l.first + 1) & (len(l.ring) - 1)
	l.n--
	l.shrink()
	return v
}

func (l *list) popBack() []byte {
	v := *l.at(l.n - 1)
	*l.at(l.n - 1) = nil
	l.n--
	l.shrink()
	return v
}

// trim keeps the elements from start to before end.
func (l *list) trim(start, end int) {
	for l.n > end {
		l.popBack()
	}
	for range min(start, l.n) {
		l.popFront()
	}
}

// removeIf removes elements that f names, from the front or from the back, until it has removed as many as there
// should be.
func (l *list) removeIf(f func([]byte) bool, most int, fromBack bool) (removed int) {
	kept := make([][]byte, 0, l.n)
	for i := range l.n {
		at := i
		if fromBack {
			at = l.n - 1 - i
		}
		if v := *l.at(at); removed < most && f(v) {
			removed++
		} else {
			kept = append(kept, v)
		}
	}
	if removed == 0 {
		return 0
	}
	*l = list{}
	for _, v := range kept {
		if fromBack {
			l.pushFront(v)
		} else {
			l.pushBack(v)
		}
	}
	return removed
}
