// Package machine is what the state machines that cmd/asyncgen makes of async functions need when
// they run. Programs have no use for it.
package machine

import (
	"reflect"
	"unicode/utf8"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Ended is the state of a machine that is over, or that is running: one that panics is over.
// State 0 is that of one that has not begun.
const Ended = 1

// Over returns what a machine panics with that is polled when there is nothing to poll.
func Over(name string) string {
	return "future: " + name + " polled after Ready, after Drop, after a panic, or by itself: a future answers once, make a new one"
}

// Box puts a child on the heap, where its type would contain itself.
func Box[T any](v T) *T { return &v }

// NotNil returns a future that is to be awaited, and panics as [future.Await] does if it is nil.
func NotNil[T any](f future.Future[T]) future.Future[T] {
	if f == nil {
		panic("future: Await: nil future; pass a value that implements Future, or Value(v) for one that is at hand")
	}
	return f
}

// Rune returns the rune of s that begins at i, and its length, as range has it: U+FFFD and 1 for
// what is no UTF-8. At the end of s both are 0.
func Rune(s string, i int) (rune, int) {
	if i >= len(s) {
		return 0, 0
	}
	return utf8.DecodeRuneInString(s[i:])
}

// MapRange is a range over a map that can be left and gone on with. Like a range statement it
// visits what is there when its turn comes.
type MapRange[K comparable, V any] struct {
	it    *reflect.MapIter
	key   K
	value V
}

// RangeMap begins a range over m, which may be nil.
func RangeMap[M ~map[K]V, K comparable, V any](m M) *MapRange[K, V] {
	return &MapRange[K, V]{it: reflect.ValueOf(m).MapRange()}
}

// Next goes on to the next entry and reports whether there is one.
func (r *MapRange[K, V]) Next() bool {
	if !r.it.Next() {
		return false
	}
	reflect.ValueOf(&r.key).Elem().SetIterKey(r.it)
	reflect.ValueOf(&r.value).Elem().SetIterValue(r.it)
	return true
}

// Key returns the entry's key.
func (r *MapRange[K, V]) Key() K { return r.key }

// Value returns the entry's value.
func (r *MapRange[K, V]) Value() V { return r.value }

// Coroutine is an async function that was not compiled. The zero value is of no use.
type Coroutine[T any] struct{ f future.Future[T] }

// NewCoroutine returns body as a future.
func NewCoroutine[T any](body func(co *future.Co) (T, error)) Coroutine[T] {
	return Coroutine[T]{future.Async(body)}
}

// Poll goes on with the function, up to where it waits.
func (c *Coroutine[T]) Poll(cx *waker.Context) future.Poll[T] { return c.f.Poll(cx) }

// Drop gives the function up, and what it waits for.
func (c *Coroutine[T]) Drop() { future.Drop(c.f) }

// Trace tells where the function stands.
func (c *Coroutine[T]) Trace(t *future.Tracer) { t.Child(c.f) }

// Await waits for the function in another one.
func (c Coroutine[T]) Await(co *future.Co) (T, error) { return future.Await(co, c.f) }
