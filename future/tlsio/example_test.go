package tlsio_test

import (
	"crypto/tls"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/reactor/clock"
)

// exampleConfigs returns configurations of a server and of a client that trusts it.
func exampleConfigs() (server, client *tls.Config) { return pair(new(testing.T), tls.VersionTLS13) }

// A server and a client, over a pipe in memory; over a socket the streams are *netio.Conn.
func Example() {
	forServer, forClient := exampleConfigs()
	a, b := aio.Duplex(4 << 10)
	server := future.Do(func(co *future.Co) error {
		c := tlsio.Server(a, forServer)
		defer c.Close()
		if _, err := clock.Timeout(c.Handshake(), 10*time.Second).Await(co); err != nil {
			return err
		}
		_, err := c.WriteAll([]byte("hello, " + c.ConnectionState().ServerName)).Await(co)
		return err
	})
	client := future.Do(func(co *future.Co) error {
		c := tlsio.Client(b, forClient)
		defer c.Close()
		if _, err := c.Handshake().Await(co); err != nil {
			return err
		}
		text, err := aio.ReadAll(c, 100).Await(co)
		fmt.Printf("%s\n", text)
		return err
	})
	if _, err := future.BlockOn(future.Box[future.Pair[future.Unit, future.Unit]](future.Join(server, client))); err != nil {
		fmt.Println(err)
	}
	// Output: hello, localhost
}

// A certificate that is renewed while a server runs.
func ExampleLoadCertificates() {
	t := new(testing.T)
	pair := tlsio.KeyPair{Cert: os.TempDir() + "/magpie-example.pem", Key: os.TempDir() + "/magpie-example.key"}
	defer os.Remove(pair.Cert)
	defer os.Remove(pair.Key)
	cert, _ := testcert.New(t, "localhost")
	testcert.Write(t, cert, pair.Cert, pair.Key)

	certs, err := tlsio.LoadCertificates(pair)
	if err != nil {
		fmt.Println(err)
		return
	}
	conf := &tls.Config{GetCertificate: certs.Get}
	_ = conf // for tlsio.Server

	// Somebody renews the files, and something tells us: a signal, a timer.
	fmt.Println(certs.Reload())
	// Output: <nil>
}
