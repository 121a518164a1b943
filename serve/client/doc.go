// Package client is an HTTP/1.1 client for tasks and for goroutines, with the requests and headers of net/http and connections of
// package netio.
//
//	c, err := client.New(client.Config{})
//	...
//	req, err := http.NewRequest("GET", "https://example.org/", nil)
//	...
//	r, err := c.Do(req).Await(co)         // in an async function; in a machine the operation is a field
//	text, err := aio.ReadAll(r, 1<<20).Await(co)
//
// On goroutines it is an http.RoundTripper: http.Client{Transport: c} has cookies, redirects and time-outs as ever.
//
// # Connections
//
// They are kept, by host, when a response was read to its end, and used again. One that the server has closed meanwhile, or has said something on
// unasked, is noticed before it is used, mostly; if it is not, a request that may be repeated (GET, HEAD, OPTIONS, TRACE, PUT, DELETE, with content
// that can be read again or none) is sent once more on a new one. Others fail, for the server may have acted on them.
//
// Whatever is given up in the middle, an operation by Drop, a response by Close before its end, a request by its context, closes its connection:
// what is kept has nothing left in it.
//
// Who passes requests on, as package proxy does, writes them as bytes and gets responses as they were sent: see [Client.Pass].
//
// # What waits where
//
// Content goes both ways as a stream: a response is an aio.Reader that reads as the caller does, and a [Response] that nobody reads stops the
// server. Content of a request that is an aio.Reader is polled; that of bytes.Reader and the like is
// read on the spot; any other io.Reader may block and is read on goroutines of a pool. A server that answers before it has all of the content is
// heard, and is sent no more.
//
// A TLS handshake, and the way through a proxy, run on a coroutine, which binds the task to its worker (see tlsio.Conn.Handshake).
//
// # When to use net/http instead
//
// For HTTP/2, for SOCKS proxies, for content that is to be decompressed by itself, and wherever a goroutine a request is no matter.
package client
