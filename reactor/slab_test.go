package reactor

import "testing"

// FuzzSlab compares the slab with a map: a token finds its source until that is removed,
// and nothing ever after.
func FuzzSlab(f *testing.F) {
	f.Fuzz(func(t *testing.T, program []byte) {
		var s slab
		model := map[uint64]*Source{}
		var tokens []uint64 // all that ever were
		for ; len(program) >= 2; program = program[2:] {
			op, arg := program[0], int(program[1])
			switch {
			case op%4 == 0: // some at a time, so that short programs get past the first chunk
				for range arg%32 + 1 {
					src := new(Source)
					token, err := s.insert(src)
					if err != nil {
						t.Fatal(err)
					}
					if _, again := model[token]; again {
						t.Fatalf("token %#x was given out twice", token)
					}
					model[token] = src
					tokens = append(tokens, token)
				}
			case len(tokens) == 0:
			case op%4 == 1:
				for k := range arg%8 + 1 {
					token := tokens[(int(op)*64+arg*7+k)%len(tokens)]
					if model[token] == nil {
						continue
					}
					model[token] = nil // it stays: the token must not come again
					if left := s.remove(token); left != live(model) {
						t.Fatalf("%d sources are left by remove's account, %d in truth", left, live(model))
					}
				}
			default:
				token := tokens[(int(op)*64+arg)%len(tokens)]
				if got := s.lookup(token); got != model[token] {
					t.Fatalf("look-up of %#x: %p, want %p", token, got, model[token])
				}
			}
		}
		for _, token := range tokens {
			if got := s.lookup(token); got != model[token] {
				t.Fatalf("at the end, look-up of %#x: %p, want %p", token, got, model[token])
			}
		}
	})
}

func live(model map[uint64]*Source) (n int) {
	for _, src := range model {
		if src != nil {
			n++
		}
	}
	return n
}
