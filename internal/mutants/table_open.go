package main

// Deferred calls as bits: how asyncgen decides and writes them, and how package machine runs them.

const (
	openFile = "cmd/asyncgen/internal/compile/open.go"
	endings  = "future/machine/open.go"
)

var openTests = test{pkg: "./future/machine", run: "TestOpenCalls"}

var openMutants = []mutant{
	{
		name: "asyncgen/defer-in-a-loop-has-a-bit",
		file: openFile,
		old:  "					possible = false\n",
		new:  "",
		test: golden,
	},
	{
		name: "asyncgen/parameter-that-changes-is-kept-as-itself",
		file: openFile,
		old:  " && !c.changes(id) {",
		new:  " {",
		test: golden,
	},
	{
		name: "asyncgen/receiver-behind-a-pointer-is-read-late",
		file: openFile,
		old:  "				d.recv, t = \"*\", types.Unalias(t).(*types.Pointer).Elem()\n",
		new:  "",
		test: golden,
	},
	{
		name: "asyncgen/literal-names-what-is-out-of-reach",
		file: openFile,
		old:  "			can = can && (c.vars[o] != nil || renamed)\n",
		new:  "			_ = renamed\n",
		test: golden,
	},
	{
		name: "asyncgen/what-a-deferred-call-needs-is-shared",
		file: "cmd/asyncgen/internal/compile/share.go",
		old:  "v == c.defers || v.held || ",
		new:  "v == c.defers || ",
		test: golden,
	},
	{
		name: "asyncgen/closure-in-a-deferred-literal-points-into-the-frame",
		file: "cmd/asyncgen/internal/compile/captured.go",
		old:  "!(depth == 1 && open)",
		new:  "!open",
		test: golden,
	},
	{
		name: "machine/deferred-calls-run-first-to-last",
		file: endings,
		old:  "i := bits.Len8(*left) - 1",
		new:  "i := bits.TrailingZeros8(*left)",
		test: openTests,
	},
	{
		name: "machine/deferred-call-may-run-twice",
		file: endings,
		old:  "		*left &^= 1 << i\n		e.panic = deferred1(m, left, i, e)\n",
		new:  "		e.panic = deferred1(m, left, i, e)\n		*left &^= 1 << i\n",
		test: openTests,
	},
	{
		name: "machine/panic-ends-the-deferred-calls",
		file: endings,
		old:  "		e.panic = deferred1(m, left, i, e)\n",
		new:  "		if e.panic = deferred1(m, left, i, e); e.panic != nil {\n			break\n		}\n",
		test: openTests,
	},
	{
		name: "machine/goexit-forgets-the-deferred-calls",
		file: endings,
		old:  "	default:\n		unwind(m, left, Ending{})\n",
		new:  "",
		test: openTests,
	},
	{
		name: "machine/dropped-is-not-told",
		file: endings,
		old:  "Ending{dropped: true}",
		new:  "Ending{}",
		test: openTests,
	},
	{
		name: "machine/a-panic-is-taken-for-another-goroutines",
		file: endings,
		old:  "origin.Stack(v), gid.Current()}",
		new:  "origin.Stack(v), 0*gid.Current()}",
		test: openTests,
	},
	{
		name: "origin/a-panic-raised-anew-loses-where-it-began",
		file: "internal/origin/origin.go",
		old:  "		if !more {\n			return false\n		}\n		panics =",
		new:  "		if !more || panics {\n			return false\n		}\n		panics =",
		test: test{pkg: "./internal/origin", run: "RaisedAnew"},
	},
}
