// Package tlsio is TLS over any stream of bytes of package aio, from crypto/tls, as a connection that a task polls:
// no goroutine and no coroutine a connection once the handshake is done.
//
//	c := tlsio.Server(conn, conf)                       // conn: a *netio.Conn, a pipe...
//	if _, err := c.Handshake().Await(co); err != nil {  // in a machine: a field, polled
//		...
//	}
//	n, err := c.Read(buf).Await(co)
//	_, err = c.WriteAll(buf[:n]).Await(co)
//
// A [Conn] is an aio.Reader and an aio.Writer, so that everything of package aio works on it, and what its protocol
// and its peer are called is in [Conn.ConnectionState]. What crypto/tls can do is said by its own tls.Config: versions, ALPN,
// certificates by name (GetCertificate), a configuration by client (GetConfigForClient), certificates of clients, session
// tickets. [Certificates] are files of them that can be loaded again while connections are served.
//
// # How crypto/tls is made to wait for nothing
//
// It reads from, and writes to, a net.Conn, and expects it to block. The one under it here never does:
//
//   - A read that finds nothing fails with an error that says it is temporary. After the handshake crypto/tls keeps the
//     part of a record that it has then, and the next call goes on from there. So a read that waits is one that
//     failed so, and is repeated when the stream has more.
//   - A write goes into a buffer that never refuses, for a write that failed would be the last one: a record that was cut
//     cannot be repeated. The waiting is done outside: what is to be written is taken only while that buffer is empty.
//   - The handshake cannot be repeated: it runs on a coroutine (future.Async), which ends with it.
//
// # What the task has to see to
//
// The last record written stands in the buffer until the stream has taken it, mostly at once. [Conn.WriteAll] and
// [Conn.Write] wait for that, [Conn.PollWrite] does not, as with any aio.Flusher. Who polls itself, and then waits for something else than
// this connection, calls [Conn.PollFlush] first. PollRead flushes too: an answer to the peer's change of
// keys is sent so, and nobody has to know of it.
//
// A time-out of the handshake, or of anything else, is the caller's: clock.Timeout(c.Handshake(), d).
//
// # Several tasks
//
// One task at a time reads and one writes; they may be two tasks on two threads, and any thread may call Close. The state of
// crypto/tls is one for both directions and under mutexes, on which a worker must never block: a guard that is tried, never waited
// for, stands before it (guard.go). A poll that finds the other direction at work is Pending for that long.
//
// # Memory
//
// An idle connection holds what crypto/tls keeps of the handshake, and as much buffer as the longest record needed that it has
// received so far; for writing it holds nothing: buffers come from a pool and go back when the stream has taken what is in them.
package tlsio
