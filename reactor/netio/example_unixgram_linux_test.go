//go:build !portable

package netio_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

func ExampleListenUnixgram() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	log, err := netio.ListenUnixgram(filepath.Join(dir, "log"))
	if err != nil {
		panic(err)
	}
	defer log.Close()
	if err := log.SetPassCredentials(true); err != nil {
		panic(err)
	}
	client, err := netio.DialUnixgram(filepath.Join(dir, "client"), filepath.Join(dir, "log"))
	if err != nil {
		panic(err)
	}
	defer client.Close()
	_, err = future.BlockOn[future.Unit](future.Do(func(co *future.Co) error {
		if _, err := client.Write([]byte("started")).Await(co); err != nil {
			return err
		}
		buf := make([]byte, 1024)
		m, err := log.ReadMessage(buf).Await(co)
		if err != nil {
			return err
		}
		fmt.Printf("%q of %s, who is this process: %v\n", buf[:m.N], filepath.Base(m.From), m.Credentials.PID == os.Getpid())
		_, err = log.WriteMessageTo(m.From, []byte("noted")).Await(co)
		return err
	}))
	if err != nil {
		panic(err)
	}
	// Output: "started" of client, who is this process: true
}
