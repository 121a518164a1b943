package main

// What a compiled function calls methods on without making a variable for it, see the compiler's inplace.go.
const inPlaceFile = "cmd/asyncgen/internal/compile/inplace.go"

var inPlaceMutants = []mutant{
	{
		name: "asyncgen/a-method-value-points-into-the-frame",
		file: inPlaceFile,
		old:  `	if !ok || call.Fun != ast.Expr(sel) {`,
		new:  `	if !ok || call == nil {`,
		test: golden,
	},
	{
		name: "asyncgen/what-is-awaited-points-into-the-frame",
		file: inPlaceFile,
		old:  `		if isNamed(pointee(sig.Params().At(i).Type()), futurePath, "Co") {`,
		new:  `		if isNamed(pointee(sig.Params().At(i).Type()), futurePath, "Nothing") {`,
		test: golden,
	},
	{
		name: "asyncgen/every-type-stays-in-the-frame",
		file: inPlaceFile,
		old:  `		if isNamed(u.Field(i).Type(), machinePath, "InPlace") {`,
		new:  `		if u.Field(i) != nil {`,
		test: golden,
	},
	{
		name: "asyncgen/a-deferred-call-in-a-loop-points-into-the-frame",
		file: inPlaceFile,
		old:  `		return d != nil && d.recv == ""`,
		new:  `		return d == nil || d.recv == ""`,
		test: golden,
	},
	{
		name: "asyncgen/a-deferred-call-in-place-has-a-box",
		file: inPlaceFile,
		old:  `		return d != nil && d.recv == ""`,
		new:  `		return d != nil && d.recv != ""`,
		test: golden,
	},
}
