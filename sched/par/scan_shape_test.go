package par

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// However its parts are taken by others, and by whom again, a scan is that of the loop: the
// thefts that real workers may make, one inside the other, made by hand.
func TestScanOfAnyShape(t *testing.T) {
	w := Detached()
	in := strings.Split("some words that are put together, one after the other, and whose order is seen in what they make", " ")
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 0))
		out := make([]string, len(in))
		p := prefix[string]{out, in, "", func(a, b string) string { return a + b }, seed%2 == 1}
		var span func(acc scanned[string], lo, hi int) scanned[string]
		span = func(acc scanned[string], lo, hi int) scanned[string] { // as doSpan goes about it
			if hi-lo < 2 || random.IntN(5) == 0 {
				return p.Fold(w, acc, lo, hi)
			}
			mid := lo + (hi-lo)/2
			left := span(acc, lo, mid)
			if random.IntN(2) == 0 { // the right half was taken
				return p.Combine(w, left, span(p.Empty(), mid, hi))
			}
			return span(left, mid, hi)
		}
		total := span(scanned[string]{final: true}, 0, len(in)).sum
		want := ""
		for i, v := range in {
			before := want
			want += v
			if p.exclusive && out[i] != before || !p.exclusive && out[i] != want {
				t.Fatalf("seed %d: element %d is %q", seed, i, out[i])
			}
		}
		if total != want {
			t.Fatalf("seed %d: the total is %q", seed, total)
		}
	}
}
