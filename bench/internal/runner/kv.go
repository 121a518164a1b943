package runner

import (
	"context"
	"encoding/csv"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// kvPackage is the key-value server of ours.
const kvPackage = "github.com/magpie-go/magpie/examples/kv"

// findKV looks for the programs that a job of suite kv needs.
func (r *runner) findKV(ctx context.Context, j *job) (err error) {
	if err := canPin(j.KV.Pinned); err != nil {
		return err
	}
	if _, err := exec.LookPath("redis-benchmark"); err != nil {
		return fmt.Errorf("the kv suite needs redis-benchmark: %w", err)
	}
	if j.KV.Redis {
		j.program, err = exec.LookPath("redis-server")
		return err
	}
	j.program, err = r.build(ctx, kvPackage)
	return err
}

// runKV starts a server, loads it with redis-benchmark, and ends it.
func (r *runner) runKV(ctx context.Context, j job) ([]measure.Line, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	number := strconv.Itoa(port)
	line := []string{j.program, "-addr", "127.0.0.1:" + number, "-workers", "0"}
	switch {
	case j.KV.Redis:
		line = []string{j.program, "--port", number, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.dir}
	case j.KV.Pinned:
		line[len(line)-1] = "1"
	}
	return loaded(ctx, j.KV.Pinned, line, func(pid int) ([]measure.Line, error) { return r.loadKV(ctx, j.Job, number, pid) })
}

// loadKV sends as many commands as take about the time of a measurement, which a shorter run before it tells.
func (r *runner) loadKV(ctx context.Context, j suites.Job, port string, pid int) ([]measure.Line, error) {
	if err := reachable(ctx, "127.0.0.1:"+port); err != nil {
		return nil, err
	}
	run := func(n int) (string, error) {
		out, err := command(ctx, pin(j.KV.Pinned, 0, []string{"redis-benchmark", "-p", port, "-t", j.KV.Test, "-n", strconv.Itoa(n),
			"-P", strconv.Itoa(j.KV.Deep), "-c", "50", "-r", "10000", "--csv"})...).Output()
		return string(out), err
	}
	probe := 10_000 * j.KV.Deep
	start := time.Now()
	if _, err := run(probe); err != nil {
		return nil, fmt.Errorf("redis-benchmark: %w", err)
	}
	n := max(int(float64(probe)*(2*r.Time).Seconds()/time.Since(start).Seconds()), probe)
	before, err := cpuTime(pid)
	if err != nil {
		return nil, err
	}
	out, err := run(n)
	if err != nil {
		return nil, fmt.Errorf("redis-benchmark: %w", err)
	}
	after, err := cpuTime(pid)
	if err != nil {
		return nil, err
	}
	return kvLines(j, out, (after-before).Seconds()*1e6/float64(n))
}

// kvLines reads what redis-benchmark has printed: a line of names, and one of figures, times in milliseconds.
func kvLines(j suites.Job, out string, cpu float64) (lines []measure.Line, err error) {
	add := func(metric string, v float64, unit string) {
		lines = append(lines, measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: metric, Value: v, Unit: unit})
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != 2 {
		return nil, fmt.Errorf("redis-benchmark printed other figures than were looked for:%s", tail(out))
	}
	add("server_cpu", cpu, "us/req")
	for i, name := range rows[0] {
		v, err := strconv.ParseFloat(rows[1][i], 64)
		switch name {
		case "rps":
			add("rate", v, "req/s")
		case "p50_latency_ms":
			add("p50", v*1e3, "us")
		case "p99_latency_ms":
			add("p99", v*1e3, "us")
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	if len(lines) != 4 {
		return nil, fmt.Errorf("redis-benchmark printed other figures than were looked for:%s", tail(out))
	}
	return lines, nil
}
