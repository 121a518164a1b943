// Package kv is a key-value server that speaks Redis' protocol: redis-cli, redis-benchmark and the client libraries are its
// clients.
//
//	server, err := kv.New(kv.Config{})
//	err = server.Run(ctx, rt, "tcp", "127.0.0.1:6379", nil) // until ctx is done
//	err = server.Close()
//
// It has strings, lists and hashes, pops that wait (BLPOP, BRPOP), expiry, SCAN, publish and subscribe, MULTI, EXEC and WATCH, RESP 2 and 3,
// and a log of changes that is replayed at the start. Replies and errors are those of Redis 7, word by word; tests send the
// same commands to both. What is missing is answered as an unknown command.
//
// # Storage
//
// Keys are dealt to 256 shards by their hash. Each is a table behind a spin lock, which a worker holds for as long as the
// command takes, some 100 ns; long strings are copied after it was let go. A command on several keys locks their
// shards in the order of their numbers, so it is one step; EXEC and FLUSHALL lock all. KEYS, SCAN and DBSIZE go through one shard
// after the other.
//
// Rejected: a shard for each worker and messages between them, as every command on somebody else's key then waits for
// that worker to come round, 10 to 50 µs when it has to be woken, where the lock costs 5 ns as long as nobody else
// holds it; and a command on several keys has to stop them all.
//
// # Connections
//
// A connection is a machine on [serve.Conn], one allocation. It reads into the worker's scratch buffer, runs all commands
// that are there as a whole, and sends their replies by one write. One that waits for a command holds no buffer. A client that sends
// and never reads is answered until the socket is full, and is then not read from.
//
// A subscriber who does not read is cut when Config.MaxUnread bytes wait for him: the publisher is never held up.
//
// # The log
//
// With Config.Log every change is appended to a file, as a command in RESP, in which times are absolute. No reply is sent
// before the operating system has what led to it, so that the end of the process loses nothing that a client was
// told; what the end of the machine may lose is up to Config.Fsync. When it has grown, or at BGREWRITEAOF, it is replaced by one with
// what there is, while clients are served: see [Server.RewriteLog].
package kv
