package sched_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

// A runtime has the name that it was given, and none by default; what it logs has it too.
func TestNamesOfRuntimes(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	for _, n := range workerCounts {
		for _, name := range []string{"", "one", "two"} {
			rt := newRuntime(t, sched.Config{Workers: n, Name: name})
			if rt.Name() != name {
				t.Errorf("the name is %q, want %q", rt.Name(), name)
			}
			log.Reset()
			sched.SpawnDetached(rt, panicker{"ouch"})
			shutdown(t, rt) // returns when the report has been made
			if said := log.String(); strings.Contains(said, "runtime="+name+" ") != (name != "") || !strings.Contains(said, "ouch") {
				t.Errorf("of the runtime %q is logged: %s", name, said)
			}
		}
	}
}

// A function that blocks is a task with a name, like others.
func TestNameOfABlockingTask(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	h := sched.SpawnWith(rt, sched.Named("count"), future.Box(future.Blocking(func() (string, error) { return "counted", nil })))
	if v := wait(t, h); v != "counted" {
		t.Errorf("a named task comes to %q", v)
	}
	panics := sched.SpawnWith(rt, sched.Named("fails"), future.Box(future.Blocking(func() (string, error) { panic("boom") })))
	if _, err := panics.Wait(soon(t)); err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("a named function that panics comes to %v", err)
	}
}

// What is spawned from outside and what a task spawns is counted apart: all of it by the runtime, the latter by its worker.
func TestMetricsTellWhereTasksWereSpawned(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		const outside, inside = 3, 5
		for range outside {
			wait(t, sched.Spawn(rt, future.Do(func(co *future.Co) error {
				for range inside {
					if _, err := sched.Spawn(co, future.Value(1)).Await(co); err != nil {
						return err
					}
				}
				return nil
			})))
		}
		shutdown(t, rt)
		m, local := rt.Metrics(), uint64(0)
		for _, w := range m.Workers {
			local += w.Spawned
		}
		if m.Spawned != outside*(1+inside) || local != outside*inside {
			t.Errorf("%d workers: %d were spawned, %d of them by tasks; want %d, %d", n, m.Spawned, local, outside*(1+inside), outside*inside)
		}
	}
}
