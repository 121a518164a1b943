package main

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Tasks and goroutines sleep to their end if nothing stops them, and are stopped if they would sleep for
// long.
func TestSleeps(t *testing.T) {
	const n = 10_000
	for name, sleep := range map[string]func([]time.Duration, time.Duration) (int, error){"magpie": sleepMagpie, "plain": sleepPlain} {
		t.Run(name, func(t *testing.T) {
			all := make([]time.Duration, n)
			for i := range all {
				all[i] = time.Microsecond * time.Duration(i)
			}
			if slept, err := sleep(all, time.Hour); slept != n || err != nil {
				t.Errorf("%d slept to their end, %v; want %d", slept, err, n)
			}
			for i := range all {
				all[i] = time.Hour
			}
			if slept, err := sleep(all, time.Millisecond); slept != 0 || err != nil {
				t.Errorf("%d slept to their end, %v; want 0", slept, err)
			}
		})
	}
}
