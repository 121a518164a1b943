package main

const atomicWaker = "waker/atomicwaker.go"

var atomicWakerModels = test{pkg: "./waker", run: "TestModelAtomicWaker", tags: "explore"}

var wakerMutants = []mutant{
	{
		name: "waker/register-without-cas",
		file: atomicWaker,
		old: `	if !a.state.CompareAndSwap(waiting, registering) {
`,
		new: `	if a.state.Load() != waiting {
`,
		test: atomicWakerModels,
	},
	{
		name: "waker/register-busy-does-not-wake",
		file: atomicWaker,
		old: `		w.WakeByRef()
		return
`,
		new: `		return
`,
		test: atomicWakerModels,
	},
	{
		name: "waker/register-leaks-the-old-waker",
		file: atomicWaker,
		old: `	a.open()
	old.Drop()
`,
		new: `	a.open()
	_ = old
`,
		test: atomicWakerModels,
	},
	{
		name: "waker/register-leaves-the-taken-waker",
		file: atomicWaker,
		old: `	taken := a.waker
	a.waker = Waker{}
`,
		new: `	taken := a.waker
`,
		test: atomicWakerModels,
	},
	{
		name: "waker/register-drops-the-wake",
		file: atomicWaker,
		old: `	taken.Wake()
`,
		new: `	taken.Drop()
`,
		test: atomicWakerModels,
	},
	{
		name: "waker/register-leaves-the-cell-locked",
		file: atomicWaker,
		old: `	a.state.Store(waiting)
	taken.Wake()
`,
		new: `	taken.Wake()
`,
		test: atomicWakerModels,
	},
	{
		name: "waker/register-forgets-the-new-waker",
		file: atomicWaker,
		old:  `	if a.waker.WillWake(w) {`,
		new:  `	if !a.waker.IsNoop() {`,
		test: atomicWakerModels,
	},
	{
		name: "waker/clone-that-panics-leaves-the-cell-locked",
		file: atomicWaker,
		old: `		if !cloned {
			a.open()
		}`,
		new:  `		_ = cloned`,
		test: atomicWakerModels,
	},
	{
		name: "waker/clone-that-panics-loses-the-wake",
		file: atomicWaker,
		old: `		if !cloned {
			a.open()
		}`,
		new: `		if !cloned {
			a.state.Store(waiting)
		}`,
		test: test{pkg: "./waker", run: "CloneThatPanics"},
	},
	{
		name: "waker/drop-inside-the-cell",
		file: atomicWaker,
		old: `	a.open()
	old.Drop()
`,
		new: `	old.Drop()
	a.open()
`,
		test: test{pkg: "./waker", run: "DropThatPanics"},
	},
	{
		name: "waker/take-opens-the-cell-first",
		file: atomicWaker,
		old: `	a.touch()
	w := a.waker
	a.waker = Waker{}
	a.state.Store(waiting)
	return`,
		new: `	a.state.Store(waiting)
	a.touch()
	w := a.waker
	a.waker = Waker{}
	return`,
		test:  atomicWakerModels,
		short: true,
	},
	{
		name: "waker/take-enters-while-registering",
		file: atomicWaker,
		old:  `		if s == registering {`,
		new:  `		if s == registering|waking {`,
		test: atomicWakerModels,
	},
	{
		name: "waker/take-enters-while-waking",
		file: atomicWaker,
		old: `		if s&waking != 0 {
			return Waker{}, false // another thread is waking
		}
`,
		new:  ``,
		test: atomicWakerModels,
	},
	{
		name: "waker/take-leaves-the-cell-full",
		file: atomicWaker,
		old: `	w := a.waker
	a.waker = Waker{}
`,
		new: `	w := a.waker
`,
		test: atomicWakerModels,
	},
	{
		name: "waker/take-leaves-the-cell-locked",
		file: atomicWaker,
		old: `	a.state.Store(waiting)
	return w,`,
		new:  `	return w,`,
		test: atomicWakerModels,
	},
}
