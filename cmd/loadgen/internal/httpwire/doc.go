// Package httpwire reads HTTP/1.1 messages as they come off a socket, in pieces of any
// size, without keeping them and without allocating.
//
// [Response] and [Request] are fed what was read; they take as much as they
// understand, and leave an unfinished line for the next time, when the caller hands
// it in again with what follows:
//
//	n, err := resp.Feed(buf[r:w]) // err: the peer does not speak HTTP
//	r += n
//	if resp.Done() {
//		// buf[r:w] is what came after the message
//	}
//
// Of the header they look at what tells where the message ends and whether the
// connection may carry another one; everything else is checked for form and
// forgotten.
//
// What is accepted is what net/http accepts, less some leniencies that nobody sends
// and that have served to smuggle messages: blanks before the colon, statuses below 100,
// versions other than 1.x. Requests are read more strictly still: folded header lines,
// or a Content-Length beside a Transfer-Encoding, are errors. Fuzz tests hold the two
// against each other.
package httpwire
