package sched

// What zero values and nil pointers say: they can do nothing else. The checks are apart from what
// they say so that they are inlined.

// mustBe panics unless New has made the runtime.
func (rt *Runtime) mustBe() {
	if rt == nil || rt.workers == nil {
		noRuntime()
	}
}

// mustBe panics for a zero handle.
func (j JoinHandle[T]) mustBe() {
	if j.t == nil {
		noTask()
	}
}

func noRuntime() { panic("sched: a nil or zero Runtime: runtimes come from New") }
func noTask()    { panic("sched: a zero JoinHandle: handles come from Spawn and its like") }
