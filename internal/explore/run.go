package explore

import (
	"fmt"
	"reflect"
)

// Run is one schedule of a model, given to the function that builds it. Go,
// Finally, WhenStuck and Label are for that function; Assert and Fail may be
// called by its threads as well.
type Run struct {
	eng       *engine
	finally   []func()
	whenStuck func() string
	stuck     bool
	labels    []label
}

// Go adds a thread. It starts when the function that builds the model returns.
func (x *Run) Go(name string, f func()) { x.eng.spawn(name, f) }

// Finally adds a function to be called when every thread has ended, or when the
// function given to WhenStuck accepted that some have not. It may look at the
// words of the model, and is the place for what must hold in the end.
func (x *Run) Finally(f func()) { x.finally = append(x.finally, f) }

// WhenStuck sets a function to be called when no thread can go on and some have
// not ended. It returns what went wrong, such as the work that is left with all
// workers asleep, or "" if that is how the model may end. Without it, it is always
// a failure.
func (x *Run) WhenStuck(f func() string) { x.whenStuck = f }

// Stuck tells a function given to Finally that not every thread has ended.
func (x *Run) Stuck() bool { return x.stuck }

// Assert fails the schedule unless ok.
func (x *Run) Assert(ok bool, format string, args ...any) {
	if !ok {
		x.Fail(format, args...)
	}
}

// Fail fails the schedule and does not return.
func (x *Run) Fail(format string, args ...any) { panic(complaint(fmt.Sprintf(format, args...))) }

// Label names what ptr points to in the printed interleavings: words inside it
// appear as name.field. Words without a label appear by type and number.
func (x *Run) Label(name string, ptr any) {
	if x.eng.rec == nil {
		return
	}
	v := reflect.ValueOf(ptr)
	x.labels = append(x.labels, label{name, v.Pointer(), v.Type().Elem()})
}

type label struct {
	name string
	addr uintptr
	typ  reflect.Type
}

// path names the address by the innermost field or element that starts or lies
// there, and returns "" when it is outside.
func (l label) path(addr uintptr) string {
	if addr < l.addr || addr >= l.addr+l.typ.Size() {
		return ""
	}
	name, off, typ := l.name, addr-l.addr, l.typ
	for {
		switch {
		case isWord(typ):
			return name
		case typ.Kind() == reflect.Struct:
			f, ok := fieldAt(typ, off)
			if !ok {
				return name
			}
			name, off, typ = name+"."+f.Name, off-f.Offset, f.Type
		case typ.Kind() == reflect.Array && typ.Elem().Size() > 0:
			size := typ.Elem().Size()
			name, off, typ = fmt.Sprintf("%s[%d]", name, off/size), off%size, typ.Elem()
		default:
			return name
		}
	}
}

func fieldAt(typ reflect.Type, off uintptr) (reflect.StructField, bool) {
	for i := range typ.NumField() {
		if f := typ.Field(i); f.Offset <= off && off < f.Offset+f.Type.Size() {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// isWord reports whether typ is one shared word, whose inside is of no interest.
func isWord(typ reflect.Type) bool {
	return typ == reflect.TypeFor[Event]() || typ == reflect.TypeFor[Mutex]() ||
		hasSuffix(typ.PkgPath(), "/internal/word")
}
