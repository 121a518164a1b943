// Package resp has the Redis protocol, RESP 2 and RESP 3, as machines over byte slices: no I/O, no goroutine,
// and in steady state no allocation. Servers, clients and load generators share it.
//
// # Requests
//
// A client sends commands: arrays of strings, or, by hand over telnet, lines of words. [Reader] takes one after
// the other off what was read from a socket, in pieces of any size:
//
//	buf = append(buf, …)                           // what was read
//	for {
//		n, args, err := r.Next(buf, args[:0], nil) // err: answer it by AppendError, and close
//		if n == 0 {
//			break                                  // incomplete: call again with the same bytes and more
//		}
//		…                                          // args are parts of buf
//		buf = buf[n:]
//	}
//
// A command that is there as a whole, as nearly all are, is read in one pass. Of one that is cut, the reader keeps
// three numbers and no bytes: how far it had got. So a command of a million arguments that comes in small pieces
// is not begun anew with each, and a connection that waits for its next command costs these three numbers.
//
// # Replies
//
// Replies are appended to the caller's buffer. What looks the same in both versions is a function, as
// [AppendBulk]; what RESP 2 has no form for is a method of [Version], which falls back to what Redis sends in
// its place:
//
//	       RESP 3               RESP 2
//	null   _                    $-1, a null string
//	map    %n                   *2n, keys and values in turn
//	set    ~n                   *n
//	push   >n                   *n
//	double ,1.5                 $3 1.5, a string
//	bool   #t                   :1
//	big    (123                 $3 123, a string
//	text   =7 txt:abc           $3 abc, a string
//
// A client that has not said HELLO 3 gets RESP 2.
//
// # Reading replies
//
// [Reply] finds the end of a reply in pieces of any size and forgets what it passes over, which is all that
// a load generator needs; [Parse] makes a [Value] of a reply that is there as a whole.
//
// # Strictness
//
// Lengths are decimal numbers without sign (-1 where null is allowed), leading zeros or blanks; every line and
// every string ends with CRLF, which Redis itself does not look at; both are limited. What breaks the rules is
// answered in the words of Redis where it has words for it. Streamed strings and arrays ("$?", "*?"), which
// RESP 3 describes and no server sends, are refused.
package resp
