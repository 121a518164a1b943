package sched_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

// Values that nobody has made say so, and what makes them.
func TestZeroValues(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	all := map[string]func(){
		"Poll":   func() { sched.JoinHandle[int]{}.Poll(&cx) },
		"Drop":   func() { sched.JoinHandle[int]{}.Drop() },
		"Join":   func() { sched.JoinHandle[int]{}.Join() },
		"Borrow": func() { future.Ref[int](sched.JoinHandle[int]{}) },
		"Done":   func() { sched.JoinHandle[int]{}.Done() },
		"Abort":  func() { sched.JoinHandle[int]{}.Abort() },
		"Wait":   func() { sched.JoinHandle[int]{}.Wait(context.Background()) },
	}
	for kind, rt := range map[string]*sched.Runtime{"nil": nil, "zero": new(sched.Runtime)} {
		for name, f := range map[string]func(){
			"Spawn":         func() { sched.Spawn(rt, future.Value(1)) },
			"SpawnValue":    func() { sched.SpawnValue[future.Unit](rt, never{}) },
			"SpawnDetached": func() { sched.SpawnDetached(rt, never{}) },
			"Run":           func() { sched.Run(context.Background(), rt, future.Value(1)) },
			"Shutdown":      func() { rt.Shutdown(context.Background()) },
			"Close":         func() { rt.Close() },
			"Closing":       func() { rt.Closing() },
			"Context":       func() { rt.Context() },
			"Metrics":       func() { rt.Metrics() },
			"Workers":       func() { rt.Workers() },
			"Name":          func() { rt.Name() },
			"par.On":        func() { par.For(par.On(rt), 1, func(int) {}) },
		} {
			all[kind+" Runtime "+name] = f
		}
	}
	all["JoinOp Poll"] = func() { new(sched.JoinOp[int]).Poll(&cx) }
	new(sched.JoinOp[int]).Drop() // there is no wait to end
	(*sched.ScopeOp[int])(nil).Drop()
	for name, f := range all {
		want := "sched: a zero JoinHandle: handles come from Spawn"
		if strings.HasPrefix(name, "JoinOp") {
			want = "sched: poll of a zero JoinOp; JoinHandle.Join makes one"
		}
		if strings.Contains(name, "Runtime") {
			want = "sched: a nil or zero Runtime: runtimes come from New"
		}
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("%s: %s; want %q", name, got, want)
				}
			}()
			f()
		}()
	}
}

// never is a value that nobody polls.
type never struct{}

func (*never) Poll(*waker.Context) future.Poll[future.Unit] { return future.Pending[future.Unit]() }
