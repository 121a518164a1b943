// Package web is an HTTP/1.1 server whose connections are tasks: a request costs little more than its two system calls, and a
// connection that waits for the next one a few hundred bytes.
//
//	mux := new(web.Mux)
//	mux.Handle("GET /hello", func(w *web.Response, r *web.Request) {
//		w.WriteString("Hello, World!")
//	})
//	s, err := web.New(web.Config{Handler: mux.Serve})
//	...
//	err = s.Run(ctx, rt, "tcp", ":8080", nil)
//
// # Handlers
//
// A [Handler] is called on the worker that polls the connection, so it must not block. Request and response belong to it until
// it returns, and in steady state nothing is allocated for them. Three kinds of work need more than that:
//
//   - What awaits (a database, a clock, another server) is a future that the handler hands to [Response.Await]: an
//     async function, compiled ([Async]) or not ([AsyncFunc]). It reads content as a stream from [Request.Body] and sends some
//     with [Response.Flush]. It is dropped when the client resets the connection.
//   - What wants all of the content first is put behind [WithContent].
//   - Content that comes from elsewhere, at the client's pace, is [Response.Stream]'s.
//
// An [http.Handler] runs unchanged behind [Standard], on a goroutine of a pool while it answers: it may block, hijack, flush and
// do what it does under net/http. Its connection remains a task, so the memory of goroutines is paid for requests under way
// only.
//
// # What it does by itself
//
// Requests that arrive together are answered together, by one write. HEAD, keep-alive of both versions, 100-continue, chunks
// and Date are seen to. A client that asks and never reads is asked no more once 32 KB of answers wait for it; one that is slow
// runs into the time-outs of [Config]. What breaks the rules of package http1 is refused, and the connection read on for a
// second, so that the refusal arrives. Shutdown answers what has reached the server, with
// "Connection: close".
//
// # TLS
//
// Config.Conns.TLS has all connections begin with a handshake; handlers of each kind are as without, but that files are copied, and
// that an http.Handler cannot hijack.
//
// # When to use net/http instead
//
// It speaks HTTP/1.1 alone, and its handlers must not block: a program that has neither many connections nor many
// requests gains nothing over net/http.
package web
