package main

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What is short sleeps to its end, and what is long is stopped, in tasks and in goroutines.
func TestSleeps(t *testing.T) {
	const short, long = 9_000, 1_000
	for name, sleep := range map[string]func([]time.Duration, time.Duration) (int, error){"magpie": sleepMagpie, "plain": sleepPlain} {
		t.Run(name, func(t *testing.T) {
			all := make([]time.Duration, short+long)
			for i := range all {
				if all[i] = time.Microsecond * time.Duration(i); i >= short {
					all[i] = time.Hour
				}
			}
			// Far beyond the short ones, also on a machine that is slow.
			slept, err := sleep(all, 2*time.Second)
			if slept != short || err != nil {
				t.Errorf("%d slept to their end, %v; want %d", slept, err, short)
			}
		})
	}
}
