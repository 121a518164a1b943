package main

var signalTests = test{pkg: "./reactor/signals", run: "Test"}

var signalMutants = []mutant{
	{
		name: "signals/one-that-is-dropped-takes-it-from-all",
		file: "reactor/signals/hub.go",
		old:  `	if len(h.streams) == 0 {`,
		new:  `	if len(h.streams) <= 1 {`,
		test: signalTests,
	},
	{
		name: "signals/the-same-signal-is-kept-twice",
		file: "reactor/signals/stream.go",
		old:  `	if !slices.Contains(s.arrived, sig) {`,
		new:  `	if sig != nil {`,
		test: signalTests,
	},
	{
		name: "signals/a-signal-displaces-another",
		file: "reactor/signals/stream.go",
		old:  `		s.arrived = append(s.arrived, sig)`,
		new:  `		s.arrived = append(s.arrived[:0], sig)`,
		test: signalTests,
	},
	{
		name: "signals/once-keeps-the-signal",
		file: "reactor/signals/once.go",
		old: `	if p.IsReady() {
		o.Drop()
	}`,
		new: `	if p.IsReady() {
		*o = OnceOp{}
	}`,
		test: signalTests,
	},
	{
		name: "signals/the-wake-up-comes-before-the-signal",
		file: "reactor/signals/stream.go",
		old:  "	s.lock.Lock()\n	if !slices.Contains(",
		new:  "	if w, waits = s.waker.Take(); waits {\n		w.Wake()\n	}\n	s.lock.Lock()\n	if !slices.Contains(",
		test: signalTests,
	},
}
