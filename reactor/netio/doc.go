// Package netio is TCP, UDP and Unix sockets, and pipes, as futures.
//
// [Listen] and [Dial] make a [Conn], whose reads and writes never block the thread that
// polls them: they return Pending, and the reactor of that thread wakes the task when
// there is something to read, or room to write. There are three ways to use one.
//
// # Operations
//
// [Conn.Read], [Conn.Write], [Conn.WriteAll], [Listener.Accept] and [Dial] return
// operations by value (see [future.Op]), to be awaited in an async function or given to
// what takes operations, such as [future.Join] or clock.Timeout. But for Dial they
// allocate nothing.
//
//	conn, err := netio.Dial("tcp", "example.com:80").Await(co)
//	...
//	n, err := clock.Timeout(conn.Read(buf), time.Second).Await(co)
//
// A task that is to wait without a buffer, as one of 100,000 idle connections should, awaits
// [Conn.Readable] and then calls [Conn.TryRead].
//
// # State machines
//
// A future written by hand holds such an operation as a field, and assigns it anew each
// time; or it calls [Conn.PollRead] and [Conn.PollWrite] with its own context.
//
//	type echo struct {
//		conn *netio.Conn
//		buf  [4096]byte
//		read netio.ReadOp // = conn.Read(buf[:])
//		...
//	}
//
// # Streams
//
// [NewStream] makes a net.Conn for one async function, under which bufio, io.Copy,
// encoding/json and the like wait without blocking. It does not allocate either.
//
// # Pipes
//
// [Pipe], [OpenPipeReader] and [NewPipeReader] make the ends of pipes, FIFOs and terminals, which wait as
// connections do. A [PipeReader] reads and a [PipeWriter] writes with the same operations.
//
// # Datagrams
//
// [ListenPacket] and [DialPacket] make a [PacketConn], which moves datagrams one by one or, with [PacketConn.ReadBatch] and
// [PacketConn.WriteBatch], many with one system call, and after [PacketConn.SetGSO] and [PacketConn.SetGRO] several as one. [PacketConn.PeekFrom] looks at the next one, and tells whose it is, and
// [PacketConn.TryReadFrom] and [PacketConn.TryWriteTo] do not wait, after [PacketConn.Readable] and [PacketConn.Writable].
//
// # Large amounts
//
// [Conn.SendFile] sends a part of a file, [Conn.WriteBuffers] several buffers at once, and [SpliceBoth] makes two connections
// one, as a proxy does: on Linux the system moves the bytes.
//
// # What others have opened
//
// [Adopt], [AdoptFile] and [AdoptListener] take over what package net has opened, or what was inherited, and
// Release hands it back. [TakePassed] returns the sockets that systemd, or a predecessor, has passed, and [StartSuccessor] replaces this process
// without losing a connection.
//
// # Libraries that take a net.Conn
//
// They run unchanged: on the workers over a [Stream], if they use the connection on the goroutine that calls them; elsewhere
// over a [GoConn], a net.Conn for goroutines on the same reactor.
//
//	library                          over a Stream                             starts goroutines that use the connection
//	bufio, io, encoding/json, fmt    yes                                       no
//	crypto/tls, either side          yes, one task at a time                   only to Close it, when a HandshakeContext is cancelled
//	net/http: ReadRequest, Write     yes                                       no
//	net/http: Server                 no: GoConn, by [NewGoListener]            one a connection, and one that reads ahead
//	net/http: Transport              no: GoConn, by [GoDial]                   two a connection
//	fasthttp: Server.ServeConn       yes                                       only for a hijacked connection
//	fasthttp: Client, and pools      no: GoConn, by GoDial                     those that dial and close
//
// A Stream that is used on such a goroutine panics and says so.
//
// # Addresses
//
// The networks are "tcp" (IPv4 and IPv6), "tcp4", "tcp6", "unix" and, where the
// system has it, "unixpacket": there a write is a message, and a read takes one, of which what finds no room is lost
// ([Conn.ReadMessage] tells). TCP addresses are
// host:port, with IPv6 hosts in brackets and, for link-local ones, a zone, as in
// [fe80::1%eth0]:80; the port is a number or the name of a service. To dial an empty
// host is to dial this machine; to listen on one is to listen on all its addresses. Unix
// addresses are paths, and on Linux also abstract names that begin with @. Datagrams of Unix sockets have functions of their own,
// [ListenUnixgram] and [DialUnixgram].
//
// TCP connections, dialled and accepted, have TCP_NODELAY set: see [Conn.SetNoDelay].
//
// # Buffers
//
// A buffer is only touched during a poll. An operation that was dropped leaves it alone,
// and loses nothing: what arrives is for the next read. A connection owns no buffer, so
// ten thousand idle ones cost 144 bytes each, and what the kernel keeps.
//
// A writer is never ahead of its peer by more than the kernel's buffers: when they are
// full, writing waits.
//
// # Threads
//
// One task at a time reads from a connection and one writes to it. They may be two tasks
// on two threads. A second read or write, begun while an operation waits, panics and says
// so: who gives an operation up that waits has to Drop it, and a future that holds one
// hands its own Drop on. Any number of tasks may accept from one listener: those that await
// [Listener.Accept] take turns. Close, the deadlines and the options may be called from any thread at
// any time: what waits on a closed connection fails with net.ErrClosed, and the
// descriptor stays open until the last system call under way on it has returned, so none
// ever reaches the connection that gets its number next.
//
// A connection has to be closed, or the reactor keeps it for good.
//
// # Errors
//
// They are *net.OpError, as those of package net, and errors.Is finds the reason in them:
// net.ErrClosed, os.ErrDeadlineExceeded, syscall.ECONNRESET and so on; but for io.EOF,
// which is bare. Misuse that is the program's fault (an operation polled after it was
// ready) panics.
//
// # Builds
//
// On Linux, macOS and the BSDs this is non-blocking sockets and the system's poller.
// Elsewhere, and under the build tag portable, the same API stands on package net: each
// wait takes a goroutine, each connection that has been read or written two buffers of
// 16 KB at most, and a write is ready when it is in that buffer, from where it is sent in
// the background. There is no [FD], which is for descriptors that nothing else here is for.
package netio
