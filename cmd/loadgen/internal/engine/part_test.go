package engine

import (
	"strings"
	"testing"
	"time"
)

// Several loads at once share the run's limits, and each keeps its own times.
func TestRunOfSeveralLoads(t *testing.T) {
	s := newSeen(t)
	closed, open := config(t, s.URL+"/closed", 100), config(t, s.URL+"/open", 0)
	closed.Connections, open.Connections = 2, 2
	open.Load.Stages = []Stage{{From: 200, To: 200, For: 200 * time.Millisecond}}
	r, err := Run(t.Context(), newRuntime(t), closed, open)
	if err != nil {
		t.Fatal(err)
	}
	if r.Requests != 100 || r.Succeeded != 100 || r.Connections != 4 || s.lines["/closed  "] == 0 || s.lines["/open  "] == 0 {
		t.Errorf("%d requests, %d succeeded, %d connections, %v", r.Requests, r.Succeeded, r.Connections, s.lines)
	}
	if r.Rate == nil || r.Rate.Begun != uint64(s.lines["/open  "]) || !strings.Contains(r.Load, "closed loop; ") {
		t.Errorf("rate %+v, load %q", r.Rate, r.Load)
	}
	closed.Requests, closed.Duration = 0, 250*time.Millisecond
	if r, err = Run(t.Context(), newRuntime(t), closed, open); err != nil {
		t.Fatal(err)
	}
	if r.Rate.Begun+r.Rate.Unsent != 40 || time.Duration(r.Duration) < closed.Duration {
		t.Errorf("%+v in %v", r.Rate, time.Duration(r.Duration))
	}
	open.Timeout = 0
	if _, err := Run(t.Context(), newRuntime(t), closed, open); err == nil || !strings.Contains(err.Error(), "a timeout of 0s") {
		t.Error(err)
	}
}
