package main

var unixgramTests = test{pkg: "./reactor/netio", run: "Unixgram|Credentials"}

var unixgramMutants = []mutant{
	{
		name: "netio/an-empty-datagram-is-the-end",
		file: "reactor/netio/conn.go",
		old:  `	case n == 0 && c.kind() == unixgramKind: // an empty datagram`,
		new:  `	case false:`,
		test: unixgramTests,
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
		old:  `			sa = &unix.SockaddrUnix{Name: to}`,
		new:  `			_ = sa`,
		test: unixgramTests,
	},
}
