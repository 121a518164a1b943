package main

// Connections for goroutines, and what their tests have found.
var goConnMutants = []mutant{
	{
		name: "netio/first-deadline-wakes-one-direction",
		file: "reactor/netio/deadline.go",
		old: `	for _, d := range bothDirections {
		e.wake(d)`,
		new: `	for _, d := range dirs {
		e.wake(d)`,
		test: test{pkg: "./reactor/netio", run: "TestDeadlineAfterOneOfTheOtherDirection"},
	},
	{
		name: "goconn/two-writers-at-once",
		file: "reactor/netio/goconn.go",
		old:  `	w.turn.Lock()` + "\n\treturn true",
		new:  `	return true`,
		test: test{pkg: "./reactor/netio", run: "TestGoConn(Turns|CloseUnblocks)"},
	},
	{
		name: "goconn/blocks-a-worker",
		file: "reactor/netio/goconn.go",
		old:  `		if !checked && thread.Current() != nil {`,
		new:  `		if !checked && thread.Current() != nil && false {`,
		test: test{pkg: "./reactor/netio", run: "TestGoConnOnAWorker"},
	},
}
