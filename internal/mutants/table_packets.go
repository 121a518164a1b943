package main

var packetTests = test{pkg: "./reactor/netio", run: "Packet|PeekFrom|Multicast"}

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
		file: "reactor/netio/packet_unix.go",
		old:  `				q.Local = b.Local(i)`,
		new:  `				q.Local = q.Addr.Addr()`,
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
}
