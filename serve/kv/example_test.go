package kv_test

import (
	"context"
	"fmt"
	"net"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

func Example() {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	server, err := kv.New(kv.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	err = server.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) {
		go func() {
			defer cancel()
			c, err := net.Dial("tcp", a.String())
			if err != nil {
				fmt.Println(err)
				return
			}
			defer c.Close()
			c.Write(resp.AppendCommand(nil, "PING"))
			b := make([]byte, 64)
			n, _ := c.Read(b)
			fmt.Printf("%q\n", b[:n])
		}()
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// "+PONG\r\n"
}

// Commands can be run without a connection.
func ExampleServer_Do() {
	server, err := kv.New(kv.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	reply := server.Do(nil, []byte("RPUSH"), []byte("birds"), []byte("magpie"), []byte("jay"))
	reply = server.Do(reply, []byte("LPOP"), []byte("birds"))
	fmt.Printf("%q\n", reply)
	// Output:
	// ":2\r\n$6\r\nmagpie\r\n"
}

func ExampleParseFsync() {
	f, err := kv.ParseFsync("always")
	fmt.Println(f, err)
	_, err = kv.ParseFsync("often")
	fmt.Println(err)
	// Output:
	// always <nil>
	// kv: there is no fsync policy "often"; it is everysec, always or no
}
