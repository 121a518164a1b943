package runner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// runDatagrams starts a server of datagrams on one core, is its clients on the others, and ends it by ending its input. It prints
// its figures then; how many datagrams came back in a second is ours.
func (r *runner) runDatagrams(ctx context.Context, j job) (lines []measure.Line, err error) {
	server := command(ctx, pin(canPin(true) == nil, 1, r.Child(j.Bench, j.Peer, r.Time))...)
	var complaints bytes.Buffer
	server.Stderr = &complaints
	in, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	pipe, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	out := bufio.NewReader(pipe)
	addr, err := out.ReadString('\n')
	var back int64
	if err == nil {
		back, err = measure.SendDatagrams(ctx, strings.TrimSpace(addr), r.Time)
	}
	in.Close()
	if err == nil {
		lines, err = measure.ParseLines(out)
	}
	if end := server.Wait(); err == nil {
		err = end
	}
	if err == nil && back == 0 {
		err = errors.New("nothing came back")
	}
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, tail(complaints.String()))
	}
	return append(lines, measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: "rate", Value: float64(back) / r.Time.Seconds(), Unit: "/s"}), nil
}
