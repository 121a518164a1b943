package random

import (
	"flag"
	"path/filepath"
	"testing"
)

const perBatch = 200

var (
	count   = flag.Int("n", 120, "how many random programs are compared")
	seed    = flag.Uint64("seed", 1, "of the first program")
	keepDir = flag.String("keep", "", "a directory to leave the programs in")
)

// compare makes a batch of programs, in its own directory, and returns what differs.
func compare(t *testing.T, name string, first uint64, n int, compiled bool) string {
	t.Helper()
	if raceDetector {
		t.Skip("what is built here is not built for the race detector")
	}
	dir := t.TempDir()
	if *keepDir != "" {
		dir = filepath.Join(*keepDir, name)
	}
	b, err := NewBatch(dir, first, n, compiled)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Build(); err != nil {
		t.Fatalf("seeds from %d: %v", first, err)
	}
	out, err := b.Run()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCoroutine(t *testing.T) {
	if out := compare(t, "coroutine", *seed, min(*count, 80), false); out != "" {
		t.Errorf("plain functions and coroutines differ:\n%s", out)
	}
}

// TestMachine compares plain function, coroutine and machine, in batches that compile within a
// minute.
func TestMachine(t *testing.T) {
	for done := 0; done < *count; done += perBatch {
		n := min(perBatch, *count-done)
		if out := compare(t, "machine", *seed+uint64(done), n, true); out != "" {
			t.Errorf("the variants differ:\n%s", out)
		}
		t.Logf("%d programs, the last of seed %d", done+n, *seed+uint64(done+n)-1)
	}
}
