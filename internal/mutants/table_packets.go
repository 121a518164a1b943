package main

var packetTests = test{pkg: "./reactor/netio", run: "Packet|Multicast"}

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
		old:  `		if n < asked {`,
		new:  `		if n <= asked {`,
		test: packetTests,
	},
	{
		name: "netio/a-batch-begins-again-at-its-first",
		file: "reactor/netio/packet.go",
		old:  `o.ps[o.n:], &o.turn)`,
		new:  `o.ps[:len(o.ps)-o.n], &o.turn)`,
		test: packetTests,
	},
}
