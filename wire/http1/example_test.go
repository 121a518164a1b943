package http1_test

import (
	"fmt"

	"github.com/magpie-go/magpie/wire/http1"
)

// A request that comes in two pieces.
func ExampleRequest() {
	r := http1.Request{Keep: true}
	buf := []byte("POST /greet?lang=en HTTP/1.1\r\nHost: example.com\r\nContent-Le")
	n, err := r.FeedHead(buf)
	fmt.Println(r.HeadDone(), err)

	buf = append(buf, "ngth: 5\r\n\r\nhello"...)
	took, err := r.FeedHead(buf[n:])
	n += took
	r.Bind(buf)
	host, _ := r.Get("host")
	fmt.Printf("%s %s of %s, %v\n", r.Method(), r.Path(), host, err)

	_, piece, err := r.FeedBody(buf[n:])
	fmt.Printf("%s, %v, %v\n", piece, r.Done(), err)
	// Output:
	// false <nil>
	// POST /greet of example.com, <nil>
	// hello, true, <nil>
}

func ExampleAppendStatus() {
	b := http1.AppendStatus(nil, 200)
	b = http1.AppendField(b, "Content-Type", "text/plain")
	b = http1.AppendLength(b, 5)
	b = http1.AppendEnd(b)
	b = append(b, "hello"...)
	fmt.Printf("%q\n", b)
	// Output: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
}

func ExampleResponse() {
	r := http1.Response{Sink: func(p []byte) { fmt.Printf("%s\n", p) }}
	r.Reset(false)
	n, err := r.Feed([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP"))
	fmt.Println(n, r.Status(), r.Done(), r.KeepAlive(), err)
	// Output:
	// hello
	// 43 200 true true <nil>
}

func ExampleCheckField() {
	fmt.Println(http1.CheckField("Location", "/home\r\nSet-Cookie: evil"))
	// Output: http: a header value has a control character
}
