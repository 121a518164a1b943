package sched

import (
	"reflect"
	"slices"
	"sync"
)

// plain reports whether nothing in a value of type t shows that others may point to it: then
// it can be cleared, and its memory used again, once whoever owns it is done.
//
// What shows it is what go vet's copylocks goes by, a part with pointer methods Lock and
// Unlock, as all have that must not be copied; an atomic; and a pointer to a struct
// that it is itself a part of, as of a list that its nodes stand in by value.
//
// It is asked once for each type. A type that it is wrong about, because only code tells
// that its address is kept, can say so itself, with a future.Pinned.
func plain(t reflect.Type) bool { return !pointedTo(t, nil) }

var lockerType = reflect.TypeFor[sync.Locker]()

// pointedTo is the opposite of plain, for a part of the given structs.
func pointedTo(t reflect.Type, outer []reflect.Type) bool {
	switch t.PkgPath() {
	case "sync", "sync/atomic", "go.uber.org/atomic", "github.com/magpie-go/magpie/internal/word": // the last under the explorer
		return t.Kind() != reflect.Interface
	}
	if t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(lockerType) && !t.Implements(lockerType) {
		return true
	}
	switch t.Kind() {
	case reflect.Pointer:
		return slices.Contains(outer, t.Elem())
	case reflect.Array:
		return t.Len() > 0 && pointedTo(t.Elem(), outer)
	case reflect.Struct:
		outer = append(slices.Clip(outer), t)
		for i := range t.NumField() {
			if pointedTo(t.Field(i).Type, outer) {
				return true
			}
		}
	}
	return false
}
