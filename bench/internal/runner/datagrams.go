package runner

import (
	"context"
	"errors"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// runDatagrams starts a server of datagrams on one core, is its clients on the others, and ends it by ending its input. It prints
// its figures then; how many datagrams came back in a second is ours.
func (r *runner) runDatagrams(ctx context.Context, j job) ([]measure.Line, error) {
	line := pin(canPin(true) == nil, 1, r.line(j))
	return talk(ctx, line, func(s *server) ([]measure.Line, error) {
		back, err := measure.SendDatagrams(ctx, s.addr, r.Time)
		if err != nil {
			return nil, err
		}
		s.in.Close()
		lines, err := measure.ParseLines(s.out)
		if err == nil && back == 0 {
			err = errors.New("nothing came back")
		}
		return append(lines, measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: "rate", Value: float64(back) / r.Time.Seconds(), Unit: "/s"}), err
	})
}
