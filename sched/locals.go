package sched

// Key is a task-local: a value that a task has, and its children if they are told to inherit. Each Key is
// another one, whatever its name, so a package keeps its own in a variable:
//
//	var requestID = sched.NewKey[string]("request id")
//
//	sched.SpawnWith(co, sched.Options{Locals: []sched.Local{requestID.Value(id)}}, handle(c))
//	...
//	id, ok := requestID.Get(co)
//
// A task that has none pays nothing for them. The values belong to the task and go with it; those that are inherited
// are shared, and never copied.
type Key[T any] struct{ name string }

// NewKey returns a key. The name is for people.
func NewKey[T any](name string) *Key[T] { return &Key[T]{name} }

// String returns the name.
func (k *Key[T]) String() string { return "sched.Key(" + k.name + ")" }

// Local is a key with a value, for [Options].
type Local struct{ key, value any }

// Value returns the key with a value.
func (k *Key[T]) Value(v T) Local {
	k.check()
	return Local{k, v}
}

// Get returns the value that the caller's task has for the key; false if it has none, or if the caller runs in no task.
// s is as for [CurrentTask].
func (k *Key[T]) Get(s Spawner) (T, bool) {
	k.check()
	if x := workerOf(s, "Key.Get").extras(); x != nil {
		if v, ok := x.locals.find(k); ok {
			t, _ := v.(T) // the value may be a nil one of an interface
			return t, true
		}
	}
	var zero T
	return zero, false
}

func (k *Key[T]) check() {
	if k == nil {
		panic("sched: a nil Key; NewKey makes one")
	}
}

// local is one value of a task's, before those of the list that was there already. Lists are never changed: tasks
// share their ends.
type local struct {
	Local
	next *local
}

func (l *local) find(key any) (value any, ok bool) {
	for ; l != nil; l = l.next {
		if l.key == key {
			return l.value, true
		}
	}
	return nil, false
}

// locals returns what a task of these options has, spawned by what w polls.
func (o *Options) locals(w *worker) (l *local) {
	if o.Inherit {
		if x := w.extras(); x != nil {
			l = x.locals
		}
	}
	for _, v := range o.Locals {
		if v.key == nil {
			panic("sched: a zero Local in Options.Locals; Key.Value makes one")
		}
		l = &local{v, l}
	}
	return l
}
