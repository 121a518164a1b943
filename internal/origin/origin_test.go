package origin_test

import (
	"bytes"
	"iter"
	"testing"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/origin"
)

//go:noinline
func whereItBegan(v any) { panic(v) }

// stackOf returns the stack of the panic of f.
func stackOf(f func()) (stack []byte) {
	defer func() { stack = origin.Stack(recover()) }()
	f()
	return nil
}

func TestStackFollowsThePanic(t *testing.T) {
	uncomparable := []int{1}
	for _, v := range []any{"text", uncomparable, &uncomparable, struct{}{}} {
		began := stackOf(func() { whereItBegan(v) })
		again := stackOf(func() { origin.Rethrow(v, began) })
		third := stackOf(func() { origin.Rethrow(v, again) })
		if bytes.Count(third, []byte("whereItBegan")) != 1 || bytes.Count(third, []byte("went on")) != 2 {
			t.Errorf("%v: the stack is\n%s", v, third)
		}
	}
}

// A panic that is stopped and goes on on the goroutine where it began has the stack that it began with.
func TestStackIsNotRepeated(t *testing.T) {
	if !gid.Known {
		t.Skip("goroutines cannot be told apart here")
	}
	began := stackOf(func() { whereItBegan("text") })
	again := began
	for range 3 {
		again = stackOf(func() { origin.RethrowFrom(gid.Current(), "text", again) })
	}
	if !bytes.Equal(again, began) {
		t.Errorf("the stack is\n%s", again)
	}
	var elsewhere []byte
	on := gid.Current()
	done := make(chan struct{})
	go func() {
		defer close(done)
		elsewhere = stackOf(func() { origin.RethrowFrom(on, "text", began) })
	}()
	<-done
	if bytes.Count(elsewhere, []byte("whereItBegan")) != 1 || bytes.Count(elsewhere, []byte("went on")) != 1 {
		t.Errorf("on another goroutine it is\n%s", elsewhere)
	}
}

// A deferred function that recovers a panic and raises it anew does not lose where it began.
func TestStackOfOneRaisedAnew(t *testing.T) {
	began := stackOf(func() { whereItBegan("text") })
	stack := stackOf(func() {
		defer func() { panic(recover()) }()
		origin.Rethrow("text", began)
	})
	if bytes.Count(stack, []byte("whereItBegan")) != 1 {
		t.Errorf("the stack is\n%s", stack)
	}
}

func TestStackOfAnotherPanicIsNotTaken(t *testing.T) {
	began := stackOf(func() { whereItBegan("a") })
	for name, f := range map[string]func(){
		"another value":   func() { origin.Rethrow("b", []byte("b")) },
		"another way":     func() { panic("a") },
		"another routine": func() { pulled(func() { panic("other") }) },
	} {
		if name == "another routine" && !gid.Known {
			continue // there goroutines cannot be told apart
		}
		origin.Note("a", began, 0)
		origin.Note("other", began, 1)
		if stack := stackOf(f); bytes.Contains(stack, []byte("whereItBegan")) {
			t.Errorf("%s: the stack is\n%s", name, stack)
		}
	}
}

// pulled runs f in a coroutine that does not know of origins.
func pulled(f func()) {
	next, stop := iter.Pull(func(func(int) bool) { f() })
	defer stop()
	next()
}

func TestLongChainsAreCut(t *testing.T) {
	stack := stackOf(func() { whereItBegan("deep") })
	for range 1000 {
		stack = stackOf(func() { origin.Rethrow("deep", stack) })
	}
	if len(stack) > 70_000 || !bytes.Contains(stack, []byte("whereItBegan")) {
		t.Errorf("%d bytes of stack", len(stack))
	}
}
