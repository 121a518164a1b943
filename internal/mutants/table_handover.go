package main

var handoverTests = test{pkg: "./reactor/netio", run: "Restart|Successor|Passed|ListenEach|ListenPackets|ProxyHeader|Files|Credentials"}

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
		old:  `		case c.Draining() && c.State() == serve.StateNew:`,
		new:  `		case c.Draining() && c.State() == serve.StateDetached:`,
		test: test{pkg: "./serve/web", run: "TestDrainOfNewConnections"},
	},
}
