package future

import (
	"io"
	"reflect"
	"sync"
)

// Who owns what.
//
// A combinator owns the futures it was given, and what those that have ended came to, until it
// hands that on as its own outcome. What it does not hand on it ends, on every way out: a future
// with [Drop], a value with [Discard]. So does a leaf with a value that has come and that nobody
// asks for any more.
//
// A Drop or a Close that panics, or calls runtime.Goexit, keeps nothing else from being ended; it
// goes on when all is done. That is why the calls here are deferred: after a recover a panic had
// lost its stack, and nothing recovers Goexit.

// Discard ends a value that nobody will get, such as what one of two joined futures came to
// when the other fails. If v has a method Drop it is called, or else its Close, if v is an
// [io.Closer], whose error nobody is told. What is a zero value, as a nil pointer, is left alone.
// Of a slice, a [Pair], an [Either] or a [Result] each part is discarded; into other types nobody
// looks: to hand out what is not to be closed, wrap it in a struct of your own.
//
// All of this package's combinators discard what they do not hand on. It is for combinators and
// executors of your own. It allocates nothing for types that have nothing to be ended.
func Discard[T any](v T) {
	if discardable(reflect.TypeFor[T]()) {
		discard(any(v))
	}
}

// discardable reports whether values of a type may have something to be ended. Others are not made
// interfaces of, which allocates.
func discardable(t reflect.Type) bool {
	switch {
	case t.NumMethod() > 0 || t.Kind() == reflect.Interface:
		return true
	case t.Kind() == reflect.Slice:
		return mayOwn(t.Elem())
	case !t.Implements(reflect.TypeFor[parts]()):
		return false
	case t.Kind() != reflect.Struct:
		return true
	}
	may, known := partsOwn.Load(t)
	if !known {
		for i := 0; i < t.NumField() && may != true; i++ {
			may = discardable(t.Field(i).Type)
		}
		partsOwn.Store(t, may)
	}
	return may == true
}

// partsOwn has what discardable found out about types that consist of parts, which takes long.
var partsOwn sync.Map

func discard(v any) {
	if v == nil {
		return
	}
	r := reflect.ValueOf(v)
	if r.IsZero() {
		return
	}
	switch v := v.(type) {
	case Dropper:
		v.Drop()
	case io.Closer:
		_ = v.Close()
	case parts:
		v.discardParts()
	default:
		if r.Kind() == reflect.Slice && mayOwn(r.Type().Elem()) {
			endEach(0, r.Len(), func(i int) { discard(r.Index(i).Interface()) })
		}
	}
}

// parts is a value of this package that consists of others.
type parts interface{ discardParts() }

func (p Pair[A, B]) discardParts() {
	defer Discard(p.Second)
	Discard(p.First)
}

func (e Either[A, B]) discardParts() {
	defer Discard(e.Second)
	Discard(e.First)
}

func (r Result[T]) discardParts() { Discard(r.Value) }

// mayOwn reports whether a slice of this type is worth looking through: a megabyte of bytes is not.
func mayOwn(t reflect.Type) bool {
	return t.NumMethod() > 0 || t.Kind() == reflect.Interface || t.Kind() == reflect.Slice ||
		t.Implements(reflect.TypeFor[parts]())
}

// endEach calls end for each index from next to n-1, whatever one of them does.
func endEach(next, n int, end func(i int)) {
	defer func() {
		if next < n { // the last one called did not return
			endEach(next, n, end)
		}
	}()
	for next < n {
		i := next
		next++
		end(i)
	}
}

// dropBeside drops what loses against a value that is about to be handed on. If that panics
// nobody gets the value.
func dropBeside[T any](loser any, winner T) {
	dropped := false
	defer func() {
		if !dropped {
			Discard(winner)
		}
	}()
	Drop(loser)
	dropped = true
}
