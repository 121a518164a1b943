package main

// outsideMutants break what a machine has in common with the file around it: imports, the names of
// parameters and results, lines, and files for another system.
var outsideMutants = []mutant{
	{
		name: "asyncgen/generated-for-another-system-goes",
		file: "cmd/asyncgen/internal/compile/put.go",
		old:  "if out[p] != nil || elsewhere[p] != \"\" {",
		new:  "if out[p] != nil {",
		test: golden,
	},
	{
		name: "asyncgen/import-with-a-dot-is-left-out",
		file: "cmd/asyncgen/internal/compile/file.go",
		old:  "lines = append(lines, line{p.Path(), \".\"})",
		new:  "_ = p",
		test: golden,
	},
	{
		name: "asyncgen/second-name-of-a-package-is-left-out",
		file: "cmd/asyncgen/internal/compile/file.go",
		old:  "\t\t\tadd(path, f.called[path])\n",
		new:  "\t\t\t_ = path\n",
		test: golden,
	},
	{
		name: "asyncgen/parameter-hides-what-the-constructor-calls",
		file: "cmd/asyncgen/internal/compile/coroutine.go",
		old:  "\t\tif others[n] {\n",
		new:  "\t\tif others[n] && false {\n",
		test: golden,
	},
	{
		name: "asyncgen/coroutine-hides-a-parameter",
		file: "cmd/asyncgen/internal/compile/coroutine.go",
		old:  "co, r, err := own.take(\"co\"), own.take(\"r\"), own.take(\"err\")",
		new:  "co, r, err := own.take(\"co\")[:2], own.take(\"r\")[:1], own.take(\"err\")[:3]",
		test: golden,
	},
	{
		name: "asyncgen/results-without-a-name-are-one",
		file: "cmd/asyncgen/internal/compile/scopes.go",
		old:  "v.name = c.fresh(\"r\")",
		new:  "v.name = c.name(\"r\")",
		test: golden,
	},
	{
		name: "asyncgen/line-directives-do-not-count",
		file: "cmd/asyncgen/internal/compile/sourceline.go",
		old:  "p := c.fset.Position(pos)",
		new:  "p := c.fset.PositionFor(pos, false)",
		test: golden,
	},
	{
		name: "asyncgen/result-is-set-to-itself",
		file: "cmd/asyncgen/internal/compile/render.go",
		old:  "\t\t\tif vals[i] == n {\n",
		new:  "\t\t\tif vals[i] == \"\" {\n",
		test: golden,
	},
	{
		name: "asyncgen/mark-that-marks-nothing-is-let-be",
		file: "cmd/asyncgen/internal/compile/load.go",
		old:  "case isMark(c) && !docs[g]:",
		new:  "case isMark(c) && docs[nil]:",
		test: test{dir: "cmd/asyncgen", pkg: "./internal/compile", run: "TestErrors"},
	},
	{
		name: "asyncgen/generated-file-keeps-the-old-package",
		file: "cmd/asyncgen/internal/compile/emptied.go",
		old:  "fmt.Fprintf(&b, \"package %s\\n\", packageOf(path, text))",
		new:  "fmt.Fprintf(&b, \"package %s\\n\", packageClause(path, text))",
		test: test{dir: "cmd/asyncgen", pkg: "./internal/compile", run: "TestStale"},
	},
	{
		name: "asyncgen/module-called-test-is-left-out",
		file: "cmd/asyncgen/internal/compile/load.go",
		old:  "return ok && slices.ContainsFunc(all, func(p *packages.Package) bool { return p.ID == tested })",
		new:  "return ok && tested != \"\"",
		test: test{dir: "cmd/asyncgen", pkg: "./internal/compile", run: "TestBroken"},
	},
	{
		name: "asyncgen/method-without-a-receiver-is-looked-at",
		file: "cmd/asyncgen/internal/compile/names.go",
		old:  "if len(decl.Recv.List) == 0 {",
		new:  "if decl.Recv == nil {",
		test: test{dir: "cmd/asyncgen", pkg: "./internal/compile", run: "TestBroken"},
	},
	{
		name: "asyncgen/error-under-another-name-is-let-be",
		file: "cmd/asyncgen/internal/compile/clash.go",
		old:  "ok && m.hasError != shapeOf(fn.Signature().Results()).err {",
		new:  "ok && m.hasError && !shapeOf(fn.Signature().Results()).err {",
		test: test{dir: "cmd/asyncgen", pkg: "./internal/compile", run: "TestErrors"},
	},
	{
		name: "asyncgen/file-that-imports-C-is-let-be",
		file: "cmd/asyncgen/internal/compile/load.go",
		old:  "if im.Path.Value == `\"C\"` {",
		new:  "if im.Path.Value == `\"\"` {",
		test: test{dir: "cmd/asyncgen", pkg: "./internal/compile", run: "TestErrors"},
	},
}
