package par_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

// A Worker is passed on, and nothing can be done to it: what its thread does with it, such as stealing
// and sweeping, is not the user's to call.
func TestNothingInternalIsPublic(t *testing.T) {
	for typ, want := range map[reflect.Type]string{
		reflect.TypeFor[*par.Worker]():    "",
		reflect.TypeFor[*par.Group]():     "Go",
		reflect.TypeFor[*par.Cancelled](): "Error Unwrap",
	} {
		var got []string
		for i := range typ.NumMethod() {
			got = append(got, typ.Method(i).Name)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%v has the methods %q, want %q", typ, s, want)
		}
		if pkg := typ.Elem().PkgPath(); !strings.HasSuffix(pkg, "/sched/par") {
			t.Errorf("%v is documented as a type of %s", typ, pkg)
		}
	}
}

// Zero values of what only the package makes panic with its name, at the first use.
func TestZeroValues(t *testing.T) {
	inc := func(_ *par.Worker, n int) int { return n + 1 }
	nothing := func(*par.Worker) {}
	for name, f := range map[string]func(w *par.Worker){
		"Join":        func(w *par.Worker) { par.Join(w, nothing, nothing) },
		"Call":        func(w *par.Worker) { par.Call(w, inc, 1, inc, 1) },
		"Scope":       func(w *par.Worker) { par.Scope(w, func(*par.Worker, *par.Group) {}) },
		"WithContext": func(w *par.Worker) { _ = par.WithContext(context.Background(), w, nothing) },
		"Checkpoint":  func(w *par.Worker) { par.Checkpoint(w) },
		"For":         func(w *par.Worker) { par.For(w, 3, func(int) {}) },
		"Fork":        func(*par.Worker) { par.Fork(new(par.Group), par.Detached(), inc2, 1) },
		"Group.Go":    func(*par.Worker) { new(par.Group).Go(par.Detached(), nothing) },
		"nil.Go":      func(*par.Worker) { (*par.Group)(nil).Go(par.Detached(), nothing) },
	} {
		v := mustPanic(t, func() { f(new(par.Worker)) })
		if s := fmt.Sprint(v); !strings.HasPrefix(s, "par: a ") {
			t.Errorf("%s: %v, which does not name what was wrong", name, v)
		}
	}
}

func inc2(*par.Worker, int) {}
