package main

var handoverTests = test{pkg: "./reactor/netio", run: "Restart|Passed|ListenEach|ListenPackets|ProxyHeader|Files|Credentials"}

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
}
