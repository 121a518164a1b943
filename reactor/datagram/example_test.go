package datagram_test

import (
	"bytes"
	"fmt"
	"net/netip"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/codec"
	"github.com/magpie-go/magpie/reactor/datagram"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A server that sends each line back in capitals, and a client of it.
func ExampleNewFramed() {
	conn, err := netio.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	serve := func(co *future.Co) error {
		f := datagram.NewFramed(conn, new(codec.Lines))
		m, err := future.Next(f).Await(co)
		if err != nil {
			return err
		}
		_, err = f.Send(bytes.ToUpper(m.Frame), m.Addr).Await(co)
		return err
	}
	ask := func(co *future.Co) (string, error) {
		client, err := netio.DialPacket("udp", conn.LocalAddr().String())
		if err != nil {
			return "", err
		}
		defer client.Close()
		f := datagram.NewFramed(client, new(codec.Lines))
		if _, err := f.Send([]byte("hello"), netip.AddrPort{}).Await(co); err != nil { // to its peer
			return "", err
		}
		m, err := future.Next(f).Await(co)
		return string(m.Frame), err
	}
	both, err := future.BlockOn(future.Box(future.Join(future.Of(future.Do(serve)), future.Of(future.Async(ask)))))
	fmt.Println(both.Second, err)
	// Output: HELLO <nil>
}
