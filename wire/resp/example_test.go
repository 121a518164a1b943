package resp_test

import (
	"fmt"

	"github.com/magpie-go/magpie/wire/resp"
)

// A server takes commands off what it has read, and collects its answers.
func ExampleReader() {
	buf := []byte("*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\nPING\r\n*1\r\n$4\r\nPI")
	var r resp.Reader
	var args [][]byte
	var out []byte
	for {
		n, args, err := r.Next(buf, args[:0], nil)
		if err != nil {
			out = resp.AppendError(out, "ERR "+err.Error())
			break
		}
		if n == 0 {
			break // the rest is to come
		}
		if string(args[0]) == "ECHO" {
			out = resp.AppendBulk(out, args[1])
		} else {
			out = resp.AppendSimple(out, "PONG")
		}
		buf = buf[n:]
	}
	fmt.Printf("%q\n%q is left\n", out, buf)
	// Output:
	// "$5\r\nhello\r\n+PONG\r\n"
	// "*1\r\n$4\r\nPI" is left
}

// A map is one in RESP 3, and keys and values in turn in RESP 2.
func ExampleVersion() {
	for _, v := range []resp.Version{resp.V2, resp.V3} {
		b := v.AppendMap(nil, 1)
		b = resp.AppendBulk(b, "bird")
		b = v.AppendNull(b)
		fmt.Printf("%q\n", b)
	}
	// Output:
	// "*2\r\n$4\r\nbird\r\n$-1\r\n"
	// "%1\r\n$4\r\nbird\r\n_\r\n"
}

func ExampleParse() {
	v, n, err := resp.Parse([]byte("*2\r\n$4\r\nbird\r\n:3\r\n+next"), nil)
	fmt.Printf("%c %s %d, %d bytes, %v\n", v.Kind, v.Elems[0].Text, v.Elems[1].Int, n, err)
	// Output:
	// * bird 3, 18 bytes, <nil>
}

func ExampleReply() {
	var r resp.Reply
	for _, piece := range []string{"*2\r\n$4\r\nbi", "rd\r\n:3\r\n"} {
		n, err := r.Feed([]byte(piece))
		fmt.Println(n, r.Done(), err)
	}
	// Output:
	// 10 false <nil>
	// 8 true <nil>
}
