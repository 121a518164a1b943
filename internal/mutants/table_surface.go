package main

// surfaceMutants break what a user is told who uses what nobody has made.
var surfaceMutants = []mutant{
	{
		name: "future/zero-join-is-ready",
		file: "future/join.go",
		old:  "	if !j.live {\n		ended(",
		new:  "	if false {\n		ended(",
		test: test{pkg: "./future", run: "TestZeroOperations"},
	},
	{
		name: "par/zero-worker-is-used",
		file: "internal/forkjoin/stack.go",
		old:  "	if w.host == nil {\n",
		new:  "	if false {\n",
		test: test{pkg: "./sched/par", run: "TestZeroValues"},
	},
	{
		name: "topology/zero-topology-is-read",
		file: "sched/topology/topology.go",
		old:  "	if t == nil || len(t.cpus) == 0 {\n",
		new:  "	if t == nil {\n",
		test: test{pkg: "./sched/topology", run: "TestZeroValues"},
	},
	{
		name: "netio/nil-half-of-a-connection-is-used",
		file: "reactor/netio/split.go",
		old:  "	if r == nil || r.h.c == nil {\n",
		new:  "	if r.h.c == nil {\n",
		test: test{pkg: "./reactor/netio", run: "TestZeroValues"},
	},
}
