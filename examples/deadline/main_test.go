package main

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var starts = map[string]func() (counter, func() error, error){"magpie": startMagpie, "plain": startPlain}

func TestCounts(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			count, stop, err := start()
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			for n, want := range map[int]int{1: 1, 2: 0, 4: 2, 8: 92, 10: 724} {
				if got, err := count(context.Background(), n); got != want || err != nil {
					t.Errorf("%d queens: %d ways, %v; want %d", n, got, err, want)
				}
			}
		})
	}
}

// What takes for ever ends when its context does, with the cause of that; and the pool goes on.
func TestDeadline(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			count, stop, err := start()
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			enough := errors.New("enough")
			ctx, cancel := context.WithCancelCause(context.Background())
			go cancel(enough)
			if _, err := count(ctx, 31); !errors.Is(err, enough) {
				t.Errorf("31 queens: %v, want %v", err, enough)
			}
			if got, err := count(context.Background(), 6); got != 4 || err != nil {
				t.Errorf("afterwards, 6 queens: %d ways, %v; want 4", got, err)
			}
		})
	}
}
