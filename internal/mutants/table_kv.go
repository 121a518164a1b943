package main

var (
	kvTests = test{pkg: "./serve/kv", run: "Log|Crash|Scan|Subscri|Pipelining|Commands|DoWith"}
)

var kvMutants = []mutant{
	{
		name: "kv/an-answer-does-not-wait-for-the-log",
		file: "serve/kv/log.go",
		old:  `	if l == nil || l.safe.Load() >= at {`,
		new:  `	if l == nil || l.safe.Load() <= at {`,
		test: kvTests,
	},
	{
		name: "kv/an-open-transaction-is-kept",
		file: "serve/kv/replay.go",
		old:  `	if r.open >= 0 {`,
		new:  `	if r.open >= 0 && false {`,
		test: kvTests,
	},
	{
		name: "kv/a-device-is-a-log",
		file: "serve/kv/replay.go",
		old:  `	if !info.Mode().IsRegular() {`,
		new:  `	if info.IsDir() {`,
		test: kvTests,
	},
	{
		name: "kv/what-has-expired-is-not-logged",
		file: "serve/kv/call.go",
		old:  `	if kv.log != nil {`,
		new:  `	if kv.log == nil {`,
		test: kvTests,
	},
	{
		name: "kv/a-scan-goes-through-buckets-in-their-order",
		file: "serve/kv/table.go",
		old:  `	return bits.Reverse64(bits.Reverse64(cursor|^mask) + 1)`,
		new:  `	return bits.Reverse64(bits.Reverse64(cursor+1)) & mask`,
		test: kvTests,
	},
	{
		name: "kv/Close-does-not-wait-for-the-log",
		file: "serve/kv/log.go",
		old:  `		<-l.done`,
		new:  `		// it is not waited for`,
		test: kvTests,
	},
	{
		name: "kv/nil-is-taken-for-an-option-left-out",
		file: "serve/kv/server.go",
		old:  `		if a == nil {`,
		new:  `		if false {`,
		test: kvTests,
	},
}
