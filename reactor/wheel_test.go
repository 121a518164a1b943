package reactor

import (
	"encoding/binary"
	"testing"
)

// FuzzWheel runs a program of insertions, removals and turns on the wheel and on a plain
// list: both must fire the same timers at the same turns.
func FuzzWheel(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 2, 1, 0, 0, 0})
	f.Add([]byte{0, 255, 255, 0, 0, 0, 64, 0, 0, 0, 2, 63, 0, 0, 0, 2, 255, 255, 255, 0})
	f.Add([]byte{0, 0, 5, 0, 0, 0, 0, 4, 0, 0, 2, 255, 4, 0, 0, 1, 0, 0, 0, 0, 2, 2, 4, 0, 0})
	f.Fuzz(func(t *testing.T, program []byte) {
		var w wheel
		w.now = 1<<32 - 77 // so that carries happen on every level
		model := map[*Timer]uint64{}
		var order []*Timer
		for len(program) >= 5 {
			op, arg := program[0], uint64(binary.LittleEndian.Uint32(program[1:]))
			program = program[5:]
			if op >= 128 {
				arg <<= op % 16 // far away
			}
			switch op % 3 {
			case 0:
				tm := &Timer{tick: w.now + arg}
				w.insert(tm)
				model[tm] = max(tm.tick, w.now+1)
				order = append(order, tm)
			case 1:
				if len(order) > 0 {
					tm := order[int(arg)%len(order)]
					if _, in := model[tm]; in {
						w.remove(tm)
						delete(model, tm)
					}
				}
			case 2:
				to := w.now + arg
				for tm := w.advance(to); tm != nil; tm = w.advance(to) {
					due, in := model[tm]
					if !in {
						t.Fatalf("a timer fired that was not set, or twice (tick %d)", tm.tick)
					}
					if due > to {
						t.Fatalf("a timer of tick %d fired at turn %d", due, to)
					}
					delete(model, tm)
				}
				for _, due := range model {
					if due <= to {
						t.Fatalf("a timer of tick %d did not fire at turn %d", due, to)
					}
				}
			}
			if w.count != len(model) {
				t.Fatalf("the wheel counts %d timers, there are %d", w.count, len(model))
			}
			if d := w.deadline(); len(model) == 0 != (d == never) {
				t.Fatalf("deadline %d with %d timers", d, len(model))
			} else {
				for _, due := range model {
					if int64(due<<tickBits) < d {
						t.Fatalf("deadline %d after a timer of tick %d", d, due)
					}
				}
			}
		}
	})
}
