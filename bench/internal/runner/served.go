package runner

import (
	"context"
	"errors"
	"os/exec"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// runServed starts a server of light requests, which prints its address, is their client, and
// ends the server by ending its input.
func (r *runner) runServed(ctx context.Context, j job) (lines []measure.Line, err error) {
	lines, err = talk(ctx, r.line(j), func(s *server) ([]measure.Line, error) { return light(ctx, j, s.addr, r.Time) })
	if exit := new(exec.ExitError); lines != nil && errors.As(err, &exit) {
		err = nil // a peer may end as it likes
	}
	return lines, err
}

func light(ctx context.Context, j job, addr string, d time.Duration) ([]measure.Line, error) {
	took, err := measure.LightRequests(ctx, addr, d)
	if err != nil {
		return nil, err
	}
	line := func(metric string, ns int64) measure.Line {
		return measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: metric, Value: float64(ns) / 1e3, Unit: "us"}
	}
	n := len(took)
	return []measure.Line{line("p50", took[n/2]), line("p99", took[n*99/100])}, nil
}
