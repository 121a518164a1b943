package explore

import (
	"slices"
	"testing"
	"unsafe"
)

func TestSeedsReadAsTheyAreWritten(t *testing.T) {
	for seed, want := range map[string][]int{
		"-":       nil,
		"a":       {0},
		"a3b12ac": {0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 2},
	} {
		choices, err := parseSeed(seed)
		if err != nil || !slices.Equal(choices, want) {
			t.Errorf("%s: %v, %v; want %v", seed, choices, err, want)
		}
		e := &engine{depth: len(choices)}
		for _, c := range choices {
			e.nodes = append(e.nodes, node{chosen: c})
		}
		if got := e.seed(); got != seed {
			t.Errorf("%s is written again as %s", seed, got)
		}
	}
}

func TestBadSeedsAreRefused(t *testing.T) {
	for _, seed := range []string{"x", "3a", "A", "a b", "a99999999999999999999"} {
		if choices, err := parseSeed(seed); err == nil {
			t.Errorf("%q was read as %v", seed, choices)
		}
		if r := Explore(Config{Replay: seed}, func(*Run) { t.Error("the model was run") }); r.Failure == nil {
			t.Errorf("replay of %q passed", seed)
		}
	}
}

func TestMemoryGrows(t *testing.T) {
	var m memory
	var words [5000]uint32
	for range 3 { // one round must not see the cells of another
		m.reset()
		for pass := range 2 {
			for i := range words {
				if c := m.find(unsafe.Pointer(&words[i])); int(c) != i {
					t.Fatalf("pass %d: word %d is cell %d", pass, i, c)
				}
			}
		}
	}
}
