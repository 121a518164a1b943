// Package http1 reads and writes HTTP/1.1 messages as bytes, without I/O. It reads them as
// they come off a socket, in pieces of any size, without allocating.
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
// forgotten. A server wants more: a Request with Keep notes where everything is, and
// [Request.FeedBody] hands its content over piece by piece:
//
//	n, err := req.FeedHead(buf[r:w]) // as before, until req.HeadDone()
//	req.Bind(buf[start:])            // start is where its first byte is
//	lang, ok := req.Get("Accept-Language")
//	n, piece, err := req.FeedBody(buf[r:w])
//
// Responses are written by the Append functions: see [AppendStatus].
//
// # What is accepted
//
// What net/http accepts, less some leniencies that nobody sends and that have served to
// smuggle messages: blanks before the colon, statuses below 100, versions other than 1.x.
// Requests are read more strictly still: folded header lines, lines that end with a bare
// LF, or a Content-Length beside a Transfer-Encoding, are errors. Fuzz tests hold the two
// against each other.
package http1
