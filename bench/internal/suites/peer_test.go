package suites_test

import (
	"testing"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

func TestPeers(t *testing.T) {
	for _, c := range []struct {
		peer        string
		threads     int
		counterpart string
		magpie      bool
	}{
		{"magpie", 0, suites.Magpie1, true},
		{"magpie-async", 0, suites.Magpie1, true},
		{"magpie-1w", 1, suites.Magpie1, true},
		{"magpie-16w", 16, "magpie-16w", true},
		{"magpies", 0, suites.Magpie1, false},
		{"rayon-2t", 2, suites.Magpie2, false},
		{"tbb-2t-group", 2, suites.Magpie2, false},
		{"go-2p", 2, suites.Magpie2, false},
		{"go-seq", 0, suites.Magpie1, false},
		{"c-epoll", 0, suites.Magpie1, false},
		{"h-2trees", 0, suites.Magpie1, false},
		{"big-99999999999999999999t", 0, suites.Magpie1, false},
	} {
		if got := suites.Threads(c.peer); got != c.threads {
			t.Errorf("%s has %d threads, want %d", c.peer, got, c.threads)
		}
		if got := suites.Counterpart(c.peer); got != c.counterpart {
			t.Errorf("%s is compared with %s, want %s", c.peer, got, c.counterpart)
		}
		if got := suites.IsMagpie(c.peer); got != c.magpie {
			t.Errorf("%s is magpie: %v", c.peer, got)
		}
	}
}
