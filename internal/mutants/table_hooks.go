package main

func netioTest(run string) test { return test{pkg: "./reactor/netio", run: run} }

// hooksMutants are of what a user's code that does not return leaves behind, and of values that the system has no room for.
var hooksMutants = []mutant{
	{
		name: "netio/a-hook-of-dial-that-panics-leaves-the-socket",
		file: "reactor/netio/dial.go",
		old: `	defer func() {
		if t.conn == nil { // also when Control, which is a user's, panics
			_ = unix.Close(fd)
		}
	}()
	if err := t.prepare(dc, fd); err != nil {
		return err`,
		new: `	if err := t.prepare(dc, fd); err != nil {
		_ = unix.Close(fd)
		return err`,
		test: netioTest("TestHooks"),
	},
	{
		name: "netio/control-of-a-listener-that-panics-holds-it",
		file: "reactor/netio/listen.go",
		old: `	defer l.src.Leave() // also when f, which is a user's, panics
	f(uintptr(l.src.FD()))`,
		new: `	f(uintptr(l.src.FD()))
	l.src.Leave()`,
		test: netioTest("TestHooks"),
	},
	{
		name: "netio/listeners-before-the-one-whose-hook-panics-stay",
		file: "reactor/netio/multi.go",
		old:  `		if !done { // also when Control, which is a user's, panics`,
		new:  `		if !done && err != nil {`,
		test: netioTest("TestHookOfALaterListener"),
	},
	{
		name: "netio/EAGAIN-of-a-hook-is-tried-again-for-ever",
		file: "reactor/netio/dial.go",
		old:  `err == errBehind {`,
		new:  `err == errBehind || err == syscall.EAGAIN {`,
		test: netioTest("TestDialControl"),
	},
	{
		name: "netio/a-read-whose-waker-panics-keeps-its-turn",
		file: "reactor/netio/ops.go",
		old: `	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)`,
		new: `	if o.state == opWaiting {
		o.c.giveUp(reactor.Read, &o.turn)`,
		test: netioTest("TestDropAfterAPanicOfTheWaker"),
	},
	{
		name: "netio/a-try-hides-what-there-is-not-enough-of",
		file: "reactor/netio/listen.go",
		old:  `fmt.Errorf("%w: %w", errShort, os.NewSyscallError("accept", errno))`,
		new:  `fmt.Errorf("%w: %v", errShort, os.NewSyscallError("accept", errno))`,
		test: netioTest("TestOutOfDescriptors"),
	},
	{
		name: "netio/an-option-becomes-another-value",
		file: "reactor/netio/options_unix.go",
		old:  `	if int(int32(value)) != value {`,
		new:  `	if int32(value) != int32(value) {`,
		test: netioTest("TestOptionsBeyond"),
	},
	{
		name: "netio/a-long-time-is-none",
		file: "reactor/netio/options.go",
		old:  `	return int(min(n, math.MaxInt32))`,
		new:  `	return int(int32(n))`,
		test: netioTest("TestOptionsBeyond"),
	},
	{
		name: "fileio/a-close-that-is-dropped-loses-what-was-taken",
		file: "reactor/fileio/settle.go",
		old:  "		if f.know(); f.kind.Load() == regular {\n			f.flush()\n		}\n		_ = f.f.Close()",
		new:  "		_ = f.f.Close()",
		test: test{pkg: "./reactor/fileio", run: "TestDroppedCloseWrites"},
	},
	{
		name: "netio/a-message-of-many-buffers-is-several",
		file: "reactor/netio/vectored_unix.go",
		old:  `	if n > sys.MostBuffers {`,
		new:  `	if n < 0 {`,
		test: netioTest("TestMessagesAreNotCut"),
	},
	{
		name: "netio/the-zone-of-a-group-is-any",
		file: "reactor/netio/packetopts.go",
		old:  "	return named, nil\n",
		new:  "	return ifi, nil\n",
		test: netioTest("TestGroupOfAZone"),
	},
	{
		name: "netio/a-zone-that-there-is-not-is-any",
		file: "reactor/netio/sock.go",
		old: `	if err != nil {
		return 0, badZone(zone)`,
		new: `	if err != nil && n > 0 {
		return 0, badZone(zone)`,
		test: netioTest("TestZoneOfNoInterface"),
	},
}

// unreturnedMutants are of tasks and scopes whose user's code does not return, or returns what looks so.
var unreturnedMutants = []mutant{
	{
		name: "sched/a-panic-of-what-makes-the-body-leaves-its-children",
		file: "sched/scope.go",
		old:  "func (o *ScopeOp[T]) start() {\n	defer o.caught()\n",
		new:  "func (o *ScopeOp[T]) start() {\n",
		test: taskTests("TestAScopeWhoseBodyPanics"),
	},
	{
		name: "sched/a-panic-of-the-body's-drop-leaves-its-children",
		file: "sched/scope.go",
		old:  "func (o *ScopeOp[T]) dropBody() {\n	defer o.caught()\n",
		new:  "func (o *ScopeOp[T]) dropBody() {\n",
		test: taskTests("TestAScopeWhoseBodyPanics"),
	},
	{
		name: "sched/a-refused-task-panics-in-who-spawns",
		file: "sched/spawn.go",
		old:  "		p := &PanicError{Task: name, Value: v, Stack: origin.Stack(v)}\n		rt.panicked(h, p)",
		new:  "		p := &PanicError{Task: name, Value: v, Stack: origin.Stack(v)}\n		panic(v)",
		test: taskTests("TestRefusedTask"),
	},
	{
		name: "sched/a-refused-task-that-ends-its-goroutine-is-for-ever",
		file: "sched/spawn.go",
		old:  "			h.self.setError(ErrGoexit)\n			return\n",
		new:  "			h.self.setError(nil)\n			return\n",
		test: taskTests("TestRefusedTask"),
	},
	{
		name: "sched/an-error-of-what-blocks-in-place-becomes-a-panic",
		file: "sched/spawnon.go",
		old:  "	case returned:\n",
		new:  "	case returned && err == nil:\n",
		test: taskTests("TestBlockInPlaceReturns"),
	},
	{
		name: "sched/a-nil-local-is-none",
		file: "sched/locals.go",
		old:  "			t, _ := v.(T) // the value may be a nil one of an interface\n			return t, true",
		new:  "			return v.(T), true",
		test: taskTests("TestTaskLocalThatIsNil"),
	},
}
