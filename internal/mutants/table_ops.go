package main

var (
	opTests     = test{pkg: "./future", run: "TestOperations|TestAnOp"}
	alarmTests  = test{pkg: "./reactor", run: "TestAlarms"}
	alarmModels = test{pkg: "./reactor", run: "TestModelAlarm", tags: "explore"}
)

// opMutants are of operations by value and of the timers that they borrow.
var opMutants = []mutant{
	{
		name: "future/slot-is-made-anew",
		file: "future/op.go",
		old:  "	co.slots = append(co.slots, s)\n",
		new:  "",
		test: opTests,
	},
	{
		name: "future/child-lives-on-after-its-drop",
		file: "future/child.go",
		old:  "		defer c.end()\n		c.live = false // its Drop may panic\n",
		new:  "",
		test: opTests,
	},
	{
		name: "future/nil-child-is-taken",
		file: "future/child.go",
		old:  `		if reflect.ValueOf(&c.op).Elem().IsNil() {`,
		new:  `		if false {`,
		test: test{pkg: "./future", run: "TestNilArguments"},
	},
	{
		name: "reactor/alarm-keeps-its-timer",
		file: "reactor/alarm.go",
		old:  "		t.giveBack()\n",
		new:  "",
		test: alarmTests,
	},
	{
		name: "reactor/alarm-gives-back-a-timer-that-is-set",
		file: "reactor/alarm.go",
		old:  "		t.Drop()\n		t.giveBack()\n",
		new:  "		t.giveBack()\n		t.Drop()\n",
		test: alarmTests,
	},
	{
		name: "reactor/spare-timer-stays-bound",
		file: "reactor/alarm.go",
		old:  "		t.reactor.Store(nil)\n",
		new:  "",
		test: alarmModels,
	},
}
