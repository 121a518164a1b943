package stats

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What several workers count in lanes adds up, interval by interval.
func TestScenarioIsTheSumOfItsShards(t *testing.T) {
	a, b := NewShard(false), NewShard(false)
	g := NewGatherer(false)
	for n := range 3 {
		for _, s := range []*Shard{a, b} {
			s.Record(Exchange{Latency: time.Millisecond, Status: 200, Lane: 3})
			s.Record(Exchange{Latency: time.Millisecond, Status: 503, Lane: 4})
			s.Record(Exchange{Latency: time.Millisecond, Status: 404, Lane: 4, Refused: true})
			s.FailIn(4, fmt.Errorf("x: %w", ErrExtract))
			s.Iteration(2, 5*time.Millisecond)
			s.EndedEarly(2)
		}
		if n == 2 {
			b.Unfinished(2)
		}
		g.Cut(a, b)
	}
	s := Scenario{Name: "s", Load: "closed loop", Connections: 2, Steps: []Step{{Name: "one"}, {Name: "a longer name"}, {Name: "never"}}}
	s.Fill(g.Sum(), 2, 2*time.Second)
	one, two, never := s.Steps[0], s.Steps[1], s.Steps[2]
	if s.Iterations != 6 || s.EndedEarly != 6 || s.Unfinished != 1 || s.Rate != 3 || s.Duration.P50 < 4_950_000 || s.Duration.P50 > 5_050_000 {
		t.Errorf("%+v", s)
	}
	if one.Requests != 6 || one.Failed != 0 || one.Errors != nil || two.Requests != 12 || two.Failed != 12 || two.Errors["http_5xx"] != 6 || two.Errors["extract_failed"] != 6 || never.Requests != 0 {
		t.Errorf("%+v", s.Steps)
	}
	// A reply has one failure: the one that FailIn counted, or its status.
	if total := g.Sum(); total.Failed() != 12 || total.Succeeded() != 6 || total.Requests() != 18 {
		t.Errorf("%d failed, %d of %d succeeded", total.Failed(), total.Succeeded(), total.Requests())
	}
	var text bytes.Buffer
	s.write(&text)
	for _, want := range []string{"scenario s: 2 connections, closed loop\n", "  6 iterations, 3.0 a second; 6 ended early by a failure, 1 under way at the end\n", "  a longer name        12       12", "  never                 0        0\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
}

// A report of scenarios follows the schema, and is read back.
func TestScenariosAreReadBack(t *testing.T) {
	r := sample()
	s := Scenario{Name: "s", Steps: []Step{{Name: "one"}}}
	total := NewTotal(false)
	s.Fill(total, 1, time.Second)
	r.Scenarios = []Scenario{s}
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadJSON(&b)
	if err != nil || len(got.Scenarios) != 1 || got.Scenarios[0].Steps[0].Name != "one" {
		t.Errorf("%v, %+v", err, got)
	}
}
