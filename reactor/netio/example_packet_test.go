package netio_test

import (
	"fmt"
	"net/netip"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A server that sends back what it gets, and a client of it.
func ExampleListenPacket() {
	server, err := netio.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	echo := func(co *future.Co) error {
		got, err := server.ReadFrom(make([]byte, 1500)).Await(co)
		if err != nil {
			return err
		}
		_, err = server.WriteTo(got.Bytes(), got.Addr).Await(co)
		return err
	}
	ask := func(co *future.Co) (string, error) {
		client, err := netio.DialPacket("udp", server.LocalAddr().String())
		if err != nil {
			return "", err
		}
		defer client.Close()
		if _, err := client.WriteTo([]byte("hello"), netip.AddrPort{}).Await(co); err != nil { // to its peer
			return "", err
		}
		got, err := client.ReadFrom(make([]byte, 1500)).Await(co)
		return string(got.Bytes()), err
	}
	both, err := future.BlockOn(future.Box(future.Join(future.Of(future.Do(echo)), future.Of(future.Async(ask)))))
	fmt.Println(both.Second, err)
	// Output: hello <nil>
}

// What has arrived is taken by one system call, and sent back by another.
func ExamplePacketConn_ReadBatch() {
	server, err := netio.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	to := server.LocalAddr().AddrPort()
	n, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		out := []netio.Packet{{Data: []byte("one"), Addr: to}, {Data: []byte("two"), Addr: to}}
		if _, err := server.WriteBatch(out).Await(co); err != nil {
			return 0, err
		}
		in := make([]netio.Packet, 64)
		for i := range in {
			in[i].Data = make([]byte, 1500)
		}
		for n := 0; ; {
			got, err := server.ReadBatch(in[n:]).Await(co)
			if n += got; err != nil || n == len(out) {
				return n, err
			}
		}
	}))
	fmt.Println(n, err)
	// Output: 2 <nil>
}

// A socket that waits holds no buffer: there is one as long as there are datagrams.
func ExamplePacketConn_TryReadFrom() {
	server, err := netio.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	text, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		if _, err := server.WriteTo([]byte("to itself"), server.LocalAddr().AddrPort()).Await(co); err != nil {
			return "", err
		}
		for {
			if _, err := server.Readable().Await(co); err != nil {
				return "", err
			}
			got, err := server.TryReadFrom(make([]byte, 1500))
			if err != netio.ErrWouldBlock {
				return string(got.Bytes()), err
			}
		}
	}))
	fmt.Println(text, err)
	// Output: to itself <nil>
}
