package tlsio_test

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/internal/testcert"
)

// meet makes a connection between a server and a client of ours, and returns what both came to.
func meet(t *testing.T, sc, cc *tls.Config) (server, client *tlsio.Conn, serverErr, clientErr error) {
	t.Helper()
	a, b := ends(1 << 10)
	server, client = tlsio.Server(a, sc), tlsio.Client(b, cc)
	both(t, func(co *future.Co) error { serverErr = shake(co, server); return nil },
		func(co *future.Co) error {
			if clientErr = shake(co, client); clientErr != nil {
				return nil
			}
			buf := make([]byte, 1) // in TLS 1.3 the server's verdict, and its tickets, come after the client's end
			_, clientErr = client.Read(buf).Await(co)
			return nil
		},
		func(co *future.Co) error {
			if serverErr != nil {
				return nil
			}
			_, err := server.WriteAll([]byte("!")).Await(co)
			return err
		})
	return server, client, serverErr, clientErr
}

// The protocol that both speak is agreed upon; the certificate is chosen by the name the client asks for, and the
// configuration too, by callbacks that see the client's addresses.
func TestALPNAndSNI(t *testing.T) {
	one, trustOne := testcert.New(t, "one.test")
	two, trustTwo := testcert.New(t, "two.test")
	asked := ""
	other := &tls.Config{Certificates: []tls.Certificate{two}, NextProtos: []string{"http/1.1"}}
	sc := &tls.Config{
		NextProtos: []string{"echo"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			asked = hello.ServerName
			if hello.Conn.RemoteAddr() == nil || hello.Conn.LocalAddr().String() == "" {
				t.Error("a callback is shown no addresses")
			}
			if _, err := hello.Conn.Write(nil); err != nil {
				t.Error(err)
			}
			return &one, nil
		},
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName == "two.test" {
				return other, nil
			}
			return nil, nil
		},
	}
	server, client, err1, err2 := meet(t, sc, &tls.Config{RootCAs: trustOne, ServerName: "one.test", NextProtos: []string{"x", "echo"}})
	if err1 != nil || err2 != nil || asked != "one.test" || server.ConnectionState().NegotiatedProtocol != "echo" || client.ConnectionState().NegotiatedProtocol != "echo" {
		t.Errorf("%v, %v, asked for %q, protocol %q", err1, err2, asked, server.ConnectionState().NegotiatedProtocol)
	}
	server, _, err1, err2 = meet(t, sc, &tls.Config{RootCAs: trustTwo, ServerName: "two.test", NextProtos: []string{"http/1.1"}})
	if err1 != nil || err2 != nil || server.ConnectionState().ServerName != "two.test" {
		t.Errorf("%v, %v, name %q", err1, err2, server.ConnectionState().ServerName)
	}
	_, _, err1, err2 = meet(t, sc, &tls.Config{RootCAs: trustOne, ServerName: "one.test", NextProtos: []string{"y"}})
	if err1 == nil || err2 == nil || !strings.Contains(err2.Error(), "no application protocol") {
		t.Errorf("without a protocol in common: %v, %v", err1, err2)
	}
}

// A second connection resumes the session of the first, by a ticket that came after the handshake.
func TestSessionTickets(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		sc, cc := pair(t, version)
		cc.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		for i := range 3 {
			server, client, err1, err2 := meet(t, sc, cc)
			if err1 != nil || err2 != nil || client.ConnectionState().DidResume != (i > 0) || server.ConnectionState().DidResume != (i > 0) {
				t.Errorf("version %x, connection %d: %v, %v, resumed: %v", version, i, err1, err2, client.ConnectionState().DidResume)
			}
		}
	}
}

// A server that asks for a certificate gets it; without one, or with one that it does not know, both sides are told.
func TestClientCertificates(t *testing.T) {
	sc, cc := pair(t, tls.VersionTLS13)
	cert, known := testcert.New(t, "client.test")
	stranger, _ := testcert.New(t, "stranger.test")
	sc.ClientAuth, sc.ClientCAs = tls.RequireAndVerifyClientCert, known
	_, _, err1, err2 := meet(t, sc, cc)
	if err1 == nil || err2 == nil || !strings.Contains(err2.Error(), "certificate required") {
		t.Errorf("without a certificate: %v, %v", err1, err2)
	}
	cc.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &stranger, nil }
	if _, _, err1, err2 = meet(t, sc, cc); err1 == nil || err2 == nil || !strings.Contains(err2.Error(), "remote error") {
		t.Errorf("a stranger: %v, %v", err1, err2)
	}
	f := files(t, "client")
	testcert.Write(t, cert, f.Cert, f.Key)
	certs, err := tlsio.LoadCertificates(f)
	if err != nil {
		t.Fatal(err)
	}
	cc.GetClientCertificate = certs.GetClient
	server, _, err1, err2 := meet(t, sc, cc)
	if err1 != nil || err2 != nil || server.ConnectionState().PeerCertificates[0].DNSNames[0] != "client.test" {
		t.Errorf("%v, %v", err1, err2)
	}
}

// A client that does not trust the server says so by an alert, and both handshakes fail; nothing can be read after that.
func TestAlertOfTheHandshake(t *testing.T) {
	sc, cc := pair(t, tls.VersionTLS13)
	_, cc.RootCAs = testcert.New(t, "localhost")
	server, client, err1, err2 := meet(t, sc, cc)
	var unknown *tls.CertificateVerificationError
	if !errors.As(err2, &unknown) || err1 == nil || !strings.Contains(err1.Error(), "bad certificate") {
		t.Errorf("server %v, client %v", err1, err2)
	}
	for c, want := range map[*tlsio.Conn]error{server: err1, client: err2} {
		if _, err := run(c.Read(make([]byte, 1))); err != want {
			t.Errorf("a read after that fails with %v, want %v", err, want)
		}
		if _, err := run(c.Handshake()); err != want {
			t.Errorf("a second handshake fails with %v, want %v", err, want)
		}
	}
}

// Handshakes after a Reload show the new certificate; files that are bad are named, and the old one stays.
func TestReloadOfCertificates(t *testing.T) {
	old, trustOld := testcert.New(t, "localhost")
	renewed, trustNew := testcert.New(t, "localhost")
	f := files(t, "site")
	testcert.Write(t, old, f.Cert, f.Key)
	certs, err := tlsio.LoadCertificates(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := &tls.Config{GetCertificate: certs.Get}
	if _, _, err1, err2 := meet(t, sc, &tls.Config{RootCAs: trustOld, ServerName: "localhost"}); err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	testcert.Write(t, renewed, f.Cert, f.Key)
	if err := certs.Reload(); err != nil {
		t.Fatal(err)
	}
	if _, _, err1, err2 := meet(t, sc, &tls.Config{RootCAs: trustNew, ServerName: "localhost"}); err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := os.WriteFile(f.Key, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := certs.Reload(); err == nil || !strings.Contains(err.Error(), f.Key) {
		t.Errorf("a bad key: %v", err)
	}
	if _, _, err1, err2 := meet(t, sc, &tls.Config{RootCAs: trustNew, ServerName: "localhost"}); err1 != nil || err2 != nil {
		t.Error("after a failed Reload:", err1, err2)
	}
	if _, err := tlsio.LoadCertificates(tlsio.KeyPair{Cert: "missing.pem", Key: "missing.key"}); err == nil || !strings.Contains(err.Error(), "missing.pem") {
		t.Errorf("missing files: %v", err)
	}
	if _, err := tlsio.LoadCertificates(); err == nil {
		t.Error("no files: no error")
	}
}

// What is wrong with files is said in words of the files, not of their parser.
func TestBadCertificatesAreExplained(t *testing.T) {
	good, _ := testcert.New(t, "localhost")
	f := files(t, "site")
	testcert.Write(t, good, f.Cert, f.Key)
	pkcs8 := &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("secret")}
	old := &pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: []byte("secret")}
	for _, test := range []struct {
		files tlsio.KeyPair
		key   *pem.Block // is written, if not nil
		want  string
	}{
		{tlsio.KeyPair{Cert: f.Cert}, nil, "both files have to be named"},
		{tlsio.KeyPair{Key: f.Key}, nil, "both files have to be named"},
		{f, pkcs8, "the key is encrypted"},
		{f, old, "the key is encrypted"},
	} {
		if test.key != nil {
			if err := os.WriteFile(f.Key, pem.EncodeToMemory(test.key), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tlsio.LoadCertificates(test.files); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s", test.files, err, test.want)
		}
	}
}

// With several certificates, each client gets the one of the name that it asks for, and others the first.
func TestCertificatesByName(t *testing.T) {
	var all []tlsio.KeyPair
	for _, name := range []string{"one.test", "two.test"} {
		cert, _ := testcert.New(t, name)
		f := files(t, name)
		testcert.Write(t, cert, f.Cert, f.Key)
		all = append(all, f)
	}
	certs, err := tlsio.LoadCertificates(all...)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"one.test": "one.test", "two.test": "two.test", "three.test": "one.test"} {
		_, client, err1, err2 := meet(t, &tls.Config{GetCertificate: certs.Get}, &tls.Config{InsecureSkipVerify: true, ServerName: name})
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got := client.ConnectionState().PeerCertificates[0].DNSNames[0]; got != want {
			t.Errorf("asked for %s: %s, want %s", name, got, want)
		}
	}
}
