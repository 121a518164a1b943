package ws_test

import (
	"fmt"
	"strings"

	"github.com/magpie-go/magpie/wire/ws"
)

func ExampleReader() {
	p := ws.AppendMasked(nil, ws.Text, "hello", [4]byte{1, 2, 3, 4})
	p = ws.AppendMasked(p, ws.Close, ws.AppendClosing(nil, ws.Normal, "bye"), [4]byte{5, 6, 7, 8})
	var r ws.Reader
	for len(p) > 0 {
		e, n, err := r.Next(p)
		if n == 0 || err != nil {
			fmt.Println(n, err)
			return
		}
		p = p[n:]
		if e.Op == ws.Close {
			code, reason, _ := ws.ParseClosing(e.Data)
			fmt.Printf("closed: %d %s\n", code, reason)
		} else {
			fmt.Printf("%s %v\n", e.Data, e.Final)
		}
	}
	// Output:
	// hello true
	// closed: 1000 bye
}

func ExampleAppendDeflated() {
	sent := ws.AppendDeflated(nil, []byte(strings.Repeat("magpie ", 100)))
	var i ws.Inflater
	text, err := i.Append(nil, sent, 1000)
	fmt.Printf("%d bytes come as less than 50: %v, %v\n", len(text), len(sent) < 50, err)
	// Output:
	// 700 bytes come as less than 50: true, <nil>
}

func ExampleAcceptDeflate() {
	d, ok := ws.AcceptDeflate("permessage-deflate; server_max_window_bits=10, permessage-deflate; client_max_window_bits", 15, true)
	fmt.Println(d, ok)
	// Output:
	// permessage-deflate; server_no_context_takeover; client_no_context_takeover true
}
