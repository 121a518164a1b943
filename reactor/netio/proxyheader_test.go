package netio_test

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/wire/proxyproto"
)

// Headers of both versions, whole and a byte at a time, and what follows them is left to be read.
func TestProxyHeader(t *testing.T) {
	four, six := netip.MustParseAddrPort("192.0.2.1:1234"), netip.MustParseAddrPort("[2001:db8::1]:80")
	for _, want := range []proxyproto.Header{
		{Version: 1}, {Version: 1, Source: four, Destination: four}, {Version: 1, Source: six, Destination: six},
		{Version: 2, Local: true}, {Version: 2, Source: four, Destination: four},
		{Version: 2, Source: six, Destination: six, TLVs: proxyproto.AppendTLV(nil, proxyproto.TypeNoop, make([]byte, 3000))},
	} {
		text, err := proxyproto.Append(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, "hello"...)
		for _, most := range []int{len(text), 1} {
			client, server := pair(t)
			wrote := make(chan error, 1)
			go func() {
				for len(text) > 0 {
					n := min(most, len(text))
					if _, err := future.BlockOn[int](future.Box(client.WriteAll(text[:n]))); err != nil {
						wrote <- err
						return
					}
					text = text[n:]
				}
				wrote <- nil
			}()
			h := must[proxyproto.Header](t, future.Box(server.ProxyHeader()))
			if h.Version != want.Version || h.Local != want.Local || h.Source != want.Source || h.Destination != want.Destination || len(h.TLVs) != len(want.TLVs) {
				t.Errorf("%+v came as %+v", want, h)
			}
			if got := readFull(t, server, 5); got != "hello" {
				t.Errorf("then came %q", got)
			}
			if err := <-wrote; err != nil {
				t.Error(err)
			}
			text, _ = proxyproto.Append(nil, want)
			text = append(text, "hello"...)
		}
	}
}

func TestProxyHeaderFails(t *testing.T) {
	for text, want := range map[string]error{"GET / HTTP/1.1\r\nHost: x\r\n\r\n": proxyproto.ErrNone, "PROXY TCP4 1": io.ErrUnexpectedEOF, "": io.ErrUnexpectedEOF} {
		client, server := pair(t)
		must[int](t, future.Box(client.WriteAll([]byte(text))))
		client.CloseWrite()
		mustFail[proxyproto.Header](t, future.Box(server.ProxyHeader()), want)
	}
	_, server := pair(t)
	waits := parked[proxyproto.Header](t, future.Box(server.ProxyHeader()))
	mustSet(t, server.SetReadDeadline, time.Now())
	if _, err := waits.end(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	mustSet(t, server.SetReadDeadline, time.Time{})
	op := server.ProxyHeader()
	parked[proxyproto.Header](t, &op)
	op.Drop()
	parked[int](t, future.Box(server.Read(make([]byte, 1))))
}

// A server behind a proxy learns whom the proxy speaks for.
func ExampleConn_ProxyHeader() {
	got, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		proxy, server, err := accepted(co)
		if err != nil {
			return "", err
		}
		defer proxy.Close()
		defer server.Close()
		header, err := proxyproto.Append(nil, proxyproto.Header{
			Source: netip.MustParseAddrPort("192.0.2.1:1234"), Destination: netip.MustParseAddrPort("192.0.2.2:80"),
		})
		if err != nil {
			return "", err
		}
		if _, err := proxy.WriteAll(header).Await(co); err != nil {
			return "", err
		}
		if err := server.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			return "", err
		}
		h, err := server.ProxyHeader().Await(co)
		return h.Source.String(), err
	}))
	fmt.Println(got, err)
	// Output: 192.0.2.1:1234 <nil>
}
