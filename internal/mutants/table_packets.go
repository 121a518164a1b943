package main

var packetTests = test{pkg: "./reactor/netio", run: "Packet|PeekFrom|Multicast"}

var offloadTests = test{pkg: "./reactor/netio", run: "GSO|GRO"}

var packetMutants = []mutant{
	{
		name: "netio/a-cut-datagram-is-whole",
		file: "internal/sys/packets_linux.go",
		old:  `h.hdr.Flags&unix.MSG_TRUNC != 0`,
		new:  `false`,
		test: packetTests,
	},
	{
		name: "netio/a-full-batch-says-the-next-call-blocks",
		file: "reactor/netio/packet_unix.go",
		old:  `		if n < asked && p.late == 0 {`,
		new:  `		if n <= asked && p.late == 0 {`,
		test: packetTests,
	},
	{
		name: "netio/a-batch-begins-again-at-its-first",
		file: "reactor/netio/packet.go",
		old:  `o.ps[o.n:], &o.turn)`,
		new:  `o.ps[:len(o.ps)-o.n], &o.turn)`,
		test: packetTests,
	},
	{
		name: "netio/a-datagram-was-sent-to-whom-sent-it",
		file: "reactor/netio/offload_unix.go",
		old:  `	q.Local = b.Local(i)`,
		new:  `	q.Local = q.Addr.Addr()`,
		test: packetTests,
	},
	{
		name: "netio/where-a-datagram-comes-from-is-not-kept-apart",
		file: "internal/sys/packets_linux.go",
		old:  "		b.hdrs[i].hdr.SetControllen(0)\n",
		new:  "",
		test: packetTests,
	},
	{
		name: "netio/a-look-at-a-datagram-takes-it",
		file: "internal/sys/packets_linux.go",
		old:  `		return unix.MSG_PEEK`,
		new:  `		return 0`,
		test: test{pkg: "./reactor/netio", run: "TestPeekFrom"},
	},
	{
		name: "netio/a-look-at-a-datagram-that-tells-more-takes-it",
		file: "internal/sys/packets_linux.go",
		old:  `	return b.call(unix.SYS_RECVMMSG, fd, peekFlag(peek))`,
		new:  `	return b.call(unix.SYS_RECVMMSG, fd, 0)`,
		test: test{pkg: "./reactor/netio", run: "TestPeekFrom"},
	},
	{
		name: "netio/a-try-that-finds-nothing-is-not-noted",
		file: "reactor/netio/endpoint.go",
		old: `		e.src.WouldBlock(d, mark)
		return ErrWouldBlock
`,
		new: `		return ErrWouldBlock
`,
		test: packetTests,
	},
	{
		name: "netio/a-try-beside-an-operation-that-waits",
		file: "reactor/netio/endpoint.go",
		old: `	e.checkTurn(d, nil)
	if e.late(d) {
		return os.ErrDeadlineExceeded
	}
	mark`,
		new: `	if e.late(d) {
		return os.ErrDeadlineExceeded
	}
	mark`,
		test: packetTests,
	},
	{
		name: "netio/datagrams-are-joined-behind-a-shorter-one",
		file: "reactor/netio/offload_unix.go",
		old:  `	j.open = n == j.size`,
		new:  `	j.open = true`,
		test: offloadTests,
	},
	{
		name: "netio/datagrams-are-joined-for-several-receivers",
		file: "reactor/netio/offload_unix.go",
		old:  ` || q.Addr != j.to`,
		new:  ``,
		test: offloadTests,
	},
	{
		name: "netio/datagrams-are-joined-from-several-addresses",
		file: "reactor/netio/offload_unix.go",
		old:  ` || q.Local != j.local`,
		new:  ``,
		test: offloadTests,
	},
	{
		name: "netio/more-datagrams-are-joined-than-can-be-sent",
		file: "reactor/netio/offload_unix.go",
		old:  `const mostJoined = 65535 - 40 - 8`,
		new:  `const mostJoined = 1 << 17`,
		test: offloadTests,
	},
	{
		name: "netio/joined-datagrams-that-are-refused-fail",
		file: "reactor/netio/offload_unix.go",
		old:  `join && refuses {`,
		new:  `join && refuses && always {`,
		test: offloadTests,
	},
	{
		name: "netio/joined-datagrams-are-counted-as-one",
		file: "internal/sys/packets_linux.go",
		old:  `		datagrams += int(b.hdrs[i].hdr.Iovlen)`,
		new:  `		datagrams += 1 + i - i`,
		test: offloadTests,
	},
}
