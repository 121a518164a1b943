package main

var unixgramTests = test{pkg: "./reactor/netio", run: "Unixgram|Credentials"}

var unixgramMutants = []mutant{
	{
		name: "netio/an-empty-datagram-is-the-end",
		file: "reactor/netio/attempt.go",
		old:  `	case n == 0 && c.kind() != unixgramKind: // there it is an empty datagram`,
		new:  `	case n == 0:`,
		test: unixgramTests,
	},
	{
		name: "netio/an-empty-datagram-is-the-end-of-what-is-peeked-at",
		file: "reactor/netio/peek_unix.go",
		old:  `		return c.readCall("recv", n, errno)`,
		new:  `		return new(Conn).readCall("recv", n, errno)`,
		test: test{pkg: "./reactor/netio", run: "TestEmptyDatagram"},
	},
	{
		name: "netio/a-message-into-no-room-loses-a-byte",
		file: "reactor/netio/message_linux.go",
		old:  `	if len(p) == 0 && c.kind() != unixgramKind {`,
		new:  `	if len(p) < 0 && c.kind() != unixgramKind {`,
		test: test{pkg: "./reactor/netio", run: "TestMessageIntoNoRoom"},
	},
	{
		name: "netio/who-has-sent-a-datagram-is-not-told",
		file: "reactor/netio/message_linux.go",
		old:  `			m.From = u.Name`,
		new:  `			_ = u.Name`,
		test: unixgramTests,
	},
	{
		name: "netio/a-message-to-an-address-goes-to-the-peer",
		file: "reactor/netio/message_linux.go",
		old:  `		sa = &unix.SockaddrUnix{Name: to}`,
		new:  `		_ = sa`,
		test: unixgramTests,
	},
	{
		name: "netio/a-try-to-a-receiver-that-is-behind-fails",
		file: "reactor/netio/message_linux.go",
		old:  `	if to != "" && errors.Is(err, unix.EAGAIN) {`,
		new:  `	if errors.Is(err, unix.EINTR) {`,
		test: unixgramTests,
	},
	{
		name: "netio/a-pair-of-datagrams-is-a-stream",
		file: "reactor/netio/sockpair_unix.go",
		old:  `	k := unixgramKind`,
		new:  `	k := unixKind`,
		test: unixgramTests,
	},
	{
		name: "netio/a-path-that-was-bound-stays-in-the-way",
		file: "reactor/netio/dial.go",
		old:  `			_ = unix.Unlink(dc.LocalPath)`,
		new:  `			_ = dc.LocalPath`,
		test: test{pkg: "./reactor/netio", run: "TestDialFromAPath"},
	},
}
