//go:build explore

package tlsio

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
)

// room is what a guard stands before: memory that only who is inside may touch.
type room struct {
	guard
	inside byte
	done   state // chores
	dones  int
}

func (r *room) do(chores state) {
	r.touch()
	r.done |= chores
	r.dones++
}

func (r *room) touch() {
	word.Write(unsafe.Pointer(&r.inside))
	r.inside++
}

// visit enters as often, patiently, and touches what is inside.
func (r *room) visit(as side, times int) {
	task := new(testkit.Sleeper)
	for range times {
		for !r.enter(task.Context(), as) {
			task.Wait()
		}
		r.touch()
		r.leave(r)
	}
}

func modelRoom(x *explore.Run) *room {
	r := new(room)
	x.Label("guard", &r.guard)
	return r
}

// A reader and a writer are never inside at once, and neither waits for ever.
func TestModelGuardReaderAndWriter(t *testing.T) {
	times := 2
	if testing.Short() {
		times = 1
	}
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := modelRoom(x)
		x.Go("reader", func() { r.visit(reading, times) })
		x.Go("writer", func() { r.visit(writing, times) })
		x.Finally(func() {
			x.Assert(int(r.inside) == 2*times, "%d visits", r.inside)
			x.Assert(r.load() == 0, "the word is %b at the end", r.load())
		})
	})
}

// Chores that are asked for, by two threads, while another one is inside or not, are done once, inside.
func TestModelGuardChores(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := modelRoom(x)
		x.Go("reader", func() { r.visit(reading, 1) })
		x.Go("closer", func() { r.ask(sayEnd, r) })
		x.Go("writer gives up", func() { r.ask(forgetWrite, r) })
		x.Finally(func() {
			x.Assert(r.done == sayEnd|forgetWrite, "done: %b", r.done)
			x.Assert(r.load() == 0, "the word is %b at the end", r.load())
		})
	})
}

// A reader that gives up while it waits for the guard, and then comes again, is woken for the second time. What it
// had left is taken back by itself, not by the holder, who could take the second waker.
func TestModelGuardGivenUpAndAgain(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := modelRoom(x)
		x.Go("writer", func() { r.visit(writing, 1) })
		x.Go("reader", func() {
			first := new(testkit.Sleeper)
			if r.enter(first.Context(), reading) {
				r.leave(r)
			} else {
				if w, ok := r.cells[reading].Take(); ok {
					w.Drop()
				}
				r.ask(forgetRead, r)
			}
			r.visit(reading, 1)
		})
		x.Finally(func() { x.Assert(r.load() == 0, "the word is %b at the end", r.load()) })
	})
}

// set keeps what others change meanwhile, and tells who was first.
func TestModelGuardSet(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := modelRoom(x)
		first := [2]bool{}
		for i := range first {
			x.Go("closes", func() { first[i] = r.set(closed)&closed == 0 })
		}
		x.Go("reader", func() { r.visit(reading, 1) })
		x.Finally(func() {
			x.Assert(first[0] != first[1], "first: %v", first)
			x.Assert(r.load() == closed, "the word is %b at the end", r.load())
		})
	})
}
