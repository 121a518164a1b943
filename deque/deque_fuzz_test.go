package deque_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/deque"
)

// reference is what a deque does, written down as slices.
type reference struct {
	fifo    bool
	d, dst  []int
	highest int // number of the youngest element
}

func (r *reference) push(n int) (added []int) {
	for range n {
		r.highest++
		added = append(added, r.highest)
	}
	r.d = append(r.d, added...)
	return added
}

func (r *reference) pop() (v int, ok bool) {
	if len(r.d) == 0 {
		return 0, false
	}
	if r.fifo {
		return r.steal()
	}
	v = r.d[len(r.d)-1]
	r.d = r.d[:len(r.d)-1]
	return v, true
}

func (r *reference) steal() (v int, ok bool) {
	if len(r.d) == 0 {
		return 0, false
	}
	v, r.d = r.d[0], r.d[1:]
	return v, true
}

func (r *reference) stealHalf() (v, n int) {
	n = min((len(r.d)+1)/2, 256)
	if n == 0 {
		return 0, 0
	}
	v = r.d[0]
	r.dst = append(r.dst, r.d[1:n]...)
	r.d = r.d[n:]
	return v, n
}

// FuzzDeque runs a program against the deque and the reference. Its first byte says
// the owner's order and the first capacity; each of the others is an operation in its
// lower 3 bits and how often in the upper 5.
func FuzzDeque(f *testing.F) {
	for _, program := range []string{
		"\x00\x08\x01\x01", "\x01\x20\x02\x01\x02\x01", "\x02\xf8\xf8\x03\x03\xf9", "\x07\x18\x0a\x18\x0a\x18\x0a\x18\x09",
		"\x00\xf8\x03\x04\xf8\x03\x05\x02\xfc", "\x05\xfd\xfb\xfd\xf9\x03", "\x01\x10\x03\x08\x03\x0c\x0c", "\x04\x15\x03\x0a\x15\x01",
	} {
		f.Add([]byte(program))
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) == 0 {
			return
		}
		fifo, capacity := program[0]&1 == 0, 1<<(program[0]>>1&3)
		d, dst := deque.NewSmall[*node](capacity, fifo), deque.NewSmall[*node](1, true)
		ref := reference{fifo: fifo}
		var in inbox
		s := d.Stealer()
		for i, op := range program[1:] {
			for range op>>3 + 1 {
				switch op & 7 {
				case 0:
					d.Push(&node{id: ref.push(1)[0]})
				case 1:
					n, ok := d.Pop()
					want, wantOK := ref.pop()
					if ok != wantOK || ok && n.id != want {
						t.Fatalf("operation %d, pop: %v, %v; want %d, %v", i, n, ok, want, wantOK)
					}
				case 2:
					n, got := s.Steal()
					want, ok := ref.steal()
					if got == deque.Retry || (got == deque.Stolen) != ok || ok && n.id != want {
						t.Fatalf("operation %d, steal: %v, %v; want %d, %v", i, n, got, want, ok)
					}
				case 3:
					v, n, got := s.StealHalf(dst)
					want, wantN := ref.stealHalf()
					if n != wantN || (got == deque.Stolen) != (wantN > 0) || n > 0 && v.id != want {
						t.Fatalf("operation %d, steal half: %v, %d, %v; want %d, %d", i, v, n, got, want, wantN)
					}
				case 4:
					n, ok := dst.Pop()
					if ok != (len(ref.dst) > 0) || ok && n.id != ref.dst[0] {
						t.Fatalf("operation %d: out of the thief's deque came %v, %v; want the first of %v", i, n, ok, ref.dst)
					}
					if ok {
						ref.dst = ref.dst[1:]
					}
				case 5:
					for _, id := range ref.push(int(op >> 3)) {
						in.Push(&node{id: id})
					}
					l := in.TakeAll()
					deque.PushAll(d, &l)
				default:
					continue
				}
				if d.Len() != len(ref.d) || s.Len() != len(ref.d) || s.Empty() != (len(ref.d) == 0) || dst.Len() != len(ref.dst) {
					t.Fatalf("after operation %d the lengths are %d and %d, want %d and %d", i, d.Len(), dst.Len(), len(ref.d), len(ref.dst))
				}
				if d.Cap() > max(capacity, 4*(ref.highest+1)) {
					t.Fatalf("after operation %d the capacity is %d", i, d.Cap())
				}
			}
		}
		var left []int
		drain(d, func(n *node) { left = append(left, n.id) })
		if !fifo {
			slices.Reverse(left)
		}
		if !slices.Equal(left, ref.d) {
			t.Fatalf("%v are left, want %v", left, ref.d)
		}
		for i, n := range d.Slots() {
			if n != nil {
				t.Fatalf("the empty deque keeps element %d in slot %d", n.id, i)
			}
		}
	})
}
