package main

import (
	"regexp"
	"testing"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/report"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// Benchmark runs the programs of ours inside this process: quicker to profile than a full
// run, but each finds what the ones before left behind. Those that measure their process
// are left out.
func Benchmark(b *testing.B) {
	for _, s := range suites.All() {
		for _, j := range s.Jobs {
			if j.Run == nil || j.Alone {
				continue
			}
			b.Run(report.GoName(j.Bench)+"/peer="+j.Peer, func(b *testing.B) {
				b.ReportMetric(0, "ns/op") // of b's own; the program emits that of its operations
				r := &measure.Run{Ops: b.N, Emit: func(metric string, value float64, unit string) {
					if metric == "allocs" {
						b.ReportAllocs() // makes testing print what is reported next
					}
					b.ReportMetric(value, report.GoUnit(metric, unit))
				}}
				j.Run(r)
				r.Close()
			})
		}
	}
}

// large are sizes that add nothing to a test but time.
var large = regexp.MustCompile(`_1e[56]$|^fib3[345]$`)

// largeRaced are those that the race detector makes as large.
var largeRaced = regexp.MustCompile(`_10M$|^uts_`)

// Every program runs and emits figures, with as few operations as it can: among them those
// that its suite has targets for.
func TestProgramsRun(t *testing.T) {
	for _, s := range suites.All() {
		for _, j := range s.Jobs {
			if j.Run == nil || j.Alone || s.Name == "pools" || s.Name == "wake" || large.MatchString(j.Bench) || raceEnabled && largeRaced.MatchString(j.Bench) ||
				testing.Short() && j.Peer == suites.Go {
				continue
			}
			t.Run(j.Bench+"/"+j.Peer, func(t *testing.T) {
				emitted := map[string]bool{}
				r := &measure.Run{Ops: 1, Emit: func(metric string, _ float64, _ string) { emitted[metric] = true }}
				j.Run(r)
				r.Close()
				if len(emitted) < 2 {
					t.Errorf("%d figures; want time and CPU time at least", len(emitted))
				}
				for _, target := range s.Targets {
					if o := target.OrDefault(); o.Bench == j.Bench && o.Peer == j.Peer && !emitted[o.Metric] {
						t.Errorf("no %s, which %+v is about", o.Metric, target)
					}
				}
			})
		}
	}
}
