package runner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// runServed starts a server of light requests, which prints its address, is their client, and
// ends the server by ending its input.
func (r *runner) runServed(ctx context.Context, j job) (lines []measure.Line, err error) {
	var line []string
	if j.Run != nil {
		line = r.Child(j.Bench, j.Peer, r.Time)
	} else {
		line = append([]string{j.program}, j.Kit[1:]...)
	}
	server := command(ctx, line...)
	var complaints bytes.Buffer
	server.Stderr = &complaints
	in, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		lines, err = light(ctx, j, strings.TrimSpace(addr), r.Time)
	}
	in.Close()
	kill := time.AfterFunc(serverGrace, func() { server.Process.Kill() })
	defer kill.Stop()
	var exit *exec.ExitError
	if end := server.Wait(); err == nil && end != nil && !errors.As(end, &exit) {
		err = end
	}
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, tail(complaints.String()))
	}
	return lines, nil
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
