package suites_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

func TestTables(t *testing.T) {
	type id struct{ bench, peer string }
	seen := map[id]bool{}
	name := regexp.MustCompile(`^[a-z0-9]+(_[a-zA-Z0-9]+)*$`)
	for _, s := range suites.All() {
		if s.Doc == "" || len(s.Jobs) == 0 {
			t.Errorf("suite %s has no jobs or no doc", s.Name)
		}
		for _, j := range s.Jobs {
			kinds := 0
			for _, set := range []bool{j.Run != nil, j.Kit != nil, j.Echo != nil, j.HTTP != nil, j.KV != nil, j.Proxy != nil, j.WebSocket != nil, j.Compile != nil} {
				if set {
					kinds++
				}
			}
			if kinds != 1 || len(j.Benches()) == 0 || j.Peer == "" {
				t.Errorf("%s: %v is not exactly one of Run, Kit, Echo, HTTP, KV, Proxy, WebSocket and Compile, or has no name", s.Name, j)
			}
			for _, b := range j.Benches() {
				if !name.MatchString(b) {
					t.Errorf("%s: %q is no name of a benchmark", s.Name, b)
				}
				for _, p := range j.Peers() {
					if seen[id{b, p}] {
						t.Errorf("%s: %s on %s is there twice", s.Name, b, p)
					}
					seen[id{b, p}] = true
				}
			}
			if j.Run != nil {
				if _, ok := suites.Find(j.Bench, j.Peer); !ok {
					t.Errorf("%v cannot be found", j)
				}
			}
		}
	}
}

// A target must name figures that some job prints.
func TestTargets(t *testing.T) {
	for _, s := range suites.All() {
		runs := func(bench, peer string) bool {
			return slices.ContainsFunc(s.Jobs, func(j suites.Job) bool {
				return slices.Contains(j.Peers(), peer) && slices.Contains(j.Benches(), bench)
			})
		}
		for _, target := range s.Targets {
			o := target.OrDefault()
			if !runs(o.Bench, o.Peer) || o.Bound <= 0 || o.Metric == "" {
				t.Errorf("%s: nobody can reach %+v", s.Name, target)
			}
			if o.Against != "" && o.Against != suites.BestPeer && !runs(o.Base, o.Against) {
				t.Errorf("%s: nothing to compare with in %+v", s.Name, target)
			}
		}
	}
}

func TestSelect(t *testing.T) {
	got, err := suites.Select([]string{"timer", "sched"})
	if err != nil || len(got) != 2 || got[0].Name != "sched" || got[1].Name != "timer" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := suites.Select([]string{"sched", "nonsense"}); err == nil {
		t.Error("a suite that does not exist was selected")
	}
}
