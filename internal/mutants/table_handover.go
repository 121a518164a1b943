package main

var handoverTests = test{pkg: "./reactor/netio", run: "Restart|Successor|Passed|ListenEach|ListenPackets|ProxyHeader|Files|Credentials"}

var drains = test{pkg: "./serve", run: "Drain"}

var handoverMutants = []mutant{
	{
		name: "netio/a-grandchild-takes-what-was-passed",
		file: "reactor/netio/inherit.go",
		old:  `parent != strconv.Itoa(os.Getppid())`,
		new:  `parent == "x"`,
		test: handoverTests,
	},
	{
		name: "netio/what-was-passed-stays-in-the-environment",
		file: "reactor/netio/inherit.go",
		old:  `		os.Unsetenv(v)`,
		new:  `		_ = v`,
		test: handoverTests,
	},
	{
		name: "netio/a-proxy-header-is-read-too-far",
		file: "reactor/netio/proxyheader.go",
		old:  `proxyproto.Missing(o.p)`,
		new:  `proxyproto.Missing(o.p)+1`,
		test: handoverTests,
	},
	{
		name: "netio/passed-files-are-inherited",
		file: "reactor/netio/message_linux.go",
		old:  `unix.MSG_CMSG_CLOEXEC|`,
		new:  ``,
		test: handoverTests,
	},
	{
		name: "proxyproto/a-port-with-zeros-before-it",
		file: "wire/proxyproto/text.go",
		old:  ` || len(port) > 1 && port[0] == '0'`,
		new:  ``,
		test: test{pkg: "./wire/proxyproto", run: "Test"},
	},
	{
		name: "proxyproto/a-tlv-longer-than-the-header",
		file: "wire/proxyproto/proxyproto.go",
		old:  `len(tlvs)-3 < int(binary.BigEndian.Uint16(tlvs[1:]))`,
		new:  `len(tlvs) < int(binary.BigEndian.Uint16(tlvs[1:]))`,
		test: test{pkg: "./wire/proxyproto", run: "Test"},
	},
	{
		name: "netio/a-successor-that-dies-is-ready",
		file: "reactor/netio/successor.go",
		old:  `	if n == 1 {`,
		new:  `	if n == 1 || !errors.Is(err, os.ErrDeadlineExceeded) {`,
		test: test{pkg: "./reactor/netio", run: "TestSuccessorThatFails"},
	},
	{
		name: "netio/who-waits-for-a-successor-does-not-let-go-of-the-pipe",
		file: "reactor/netio/successor.go",
		old: `	err = cmd.Start()
	says.Close()
`,
		new: `	err = cmd.Start()
	defer says.Close()
`,
		test: test{pkg: "./reactor/netio", run: "TestSuccessorThatFails"},
	},
	{
		name: "web/a-new-connection-is-cut-when-the-server-ends",
		file: "serve/web/conn.go",
		old:  `		case c.Ends():`,
		new:  `		case c.Draining():`,
		test: test{pkg: "./serve/web", run: "TestDrainOfNewConnections"},
	},
	{
		name: "serve/the-systems-queue-is-reset-when-the-server-ends",
		file: "serve/accept.go",
		old:  `phase == ending && a.held == nil {`,
		new:  `phase >= draining && a.held == nil {`,
		test: drains,
	},
	{
		name: "serve/one-that-waits-for-a-place-is-reset-when-the-server-ends",
		file: "serve/accept.go",
		old:  `phase == ending && a.held == nil {`,
		new:  `phase == ending || phase == draining && a.held != nil {`,
		test: drains,
	},
	{
		name: "serve/who-is-silent-is-waited-for-when-the-server-ends",
		file: "serve/server.go",
		old:  `			s.registry.move(ending)`,
		new:  `			s.registry.move(draining)`,
		test: drains,
	},
	{
		name: "serve/a-handshake-is-cut-when-the-server-ends",
		file: "serve/tls.go",
		old:  `	if s.registry.phase.Load() >= ending {`,
		new:  `	if s.registry.phase.Load() >= draining {`,
		test: drains,
	},
	{
		name: "serve/a-request-whose-event-was-not-seen-is-lost-when-the-server-ends",
		file: "serve/conn.go",
		old:  `	n, err := nc.TryRead(p)`,
		new:  `	n, err := 0, netio.ErrWouldBlock`,
		test: drains,
	},
	{
		name: "serve/who-sends-as-the-server-ends-is-reset",
		file: "serve/machine.go",
		old:  `			c.sayEnd()`,
		new:  `			_ = c.sayEnd`,
		test: drains,
	},
	{
		name: "kv/a-new-connection-is-cut-when-the-server-ends",
		file: "serve/kv/conn.go",
		old:  `		if c.Ends() {`,
		new:  `		if c.Draining() {`,
		test: test{pkg: "./serve/kv", run: "TestDrain"},
	},
	{
		name: "kv/half-a-command-is-waited-for-when-the-server-ends",
		file: "serve/kv/conn.go",
		old:  `		if c.Ending() {`,
		new:  `		if false {`,
		test: test{pkg: "./serve/kv", run: "TestDrain"},
	},
	{
		name: "ws/a-new-connection-is-cut-when-the-server-ends",
		file: "serve/ws/read.go",
		old:  `len(m.shake.head) == 0 && m.io.Ends() {`,
		new:  `len(m.shake.head) == 0 && m.io.Draining() {`,
		test: test{pkg: "./serve/ws", run: "TestDrain"},
	},
	{
		name: "netio/a-listener-that-is-closed-resets-the-queue-of-its-successor",
		file: "reactor/netio/listen.go",
		old:  `	l.file.remove() // while our socket keeps the inode`,
		new:  `	l.file.remove(); _ = unix.Shutdown(l.src.FD(), unix.SHUT_RDWR)`,
		test: test{pkg: "./reactor/netio", run: "TestListenerFile"},
	},
}
