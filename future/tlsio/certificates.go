package tlsio

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/magpie-go/magpie/internal/word"
)

// KeyPair names the two files of a certificate, both PEM: its chain, leaf first, and its private key.
type KeyPair struct{ Cert, Key string }

// Certificates are certificates from files, which can be loaded again while they are used: handshakes that begin after [Certificates.Reload] show
// the new ones, connections that exist go on. Any number of threads may use them at once; none of them waits.
//
//	certs, err := tlsio.LoadCertificates(tlsio.KeyPair{Cert: "site.pem", Key: "site.key"})
//	conf := &tls.Config{GetCertificate: certs.Get}
//	...
//	err = certs.Reload() // at a SIGHUP, or when the files have been renewed
type Certificates struct {
	pairs []KeyPair
	now   word.Pointer[[]tls.Certificate]
}

// LoadCertificates reads certificates. It blocks on the files. It fails with the first one that is missing, malformed, or does not fit its key,
// and names it. A key that takes a passphrase is refused.
func LoadCertificates(pairs ...KeyPair) (*Certificates, error) {
	if len(pairs) == 0 {
		return nil, errors.New("tlsio: LoadCertificates without files; pass a KeyPair for each certificate")
	}
	c := &Certificates{pairs: slices.Clone(pairs)}
	if err := c.Reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Reload reads the files again. If one of them is bad it fails, names it, and all certificates stay as they were: a
// server goes on with the old ones. It blocks on the files: a task calls it under future.Blocking.
func (c *Certificates) Reload() error {
	c.check()
	all := make([]tls.Certificate, len(c.pairs))
	for i, p := range c.pairs {
		cert, err := p.load()
		if err != nil {
			return fmt.Errorf("tlsio: certificate %q with key %q: %w", p.Cert, p.Key, err)
		}
		all[i] = cert
	}
	c.now.Store(&all)
	return nil
}

func (p KeyPair) load() (tls.Certificate, error) {
	if p.Cert == "" || p.Key == "" {
		return tls.Certificate{}, errors.New("both files have to be named")
	}
	chain, err := os.ReadFile(p.Cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := os.ReadFile(p.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	cert, err := tls.X509KeyPair(chain, key) // it parses the leaf as well
	if err != nil && encrypted(key) {
		err = errors.New("the key is encrypted; want one without a passphrase, as openssl pkey writes it")
	}
	return cert, err
}

// encrypted reports whether the first private key takes a passphrase, which crypto/tls only calls malformed.
func encrypted(file []byte) bool {
	for b, rest := pem.Decode(file); b != nil; b, rest = pem.Decode(rest) {
		if strings.HasSuffix(b.Type, "PRIVATE KEY") {
			return b.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED")
		}
	}
	return false
}

// Get returns the certificate for a client: the first one that its ServerName and its algorithms allow, or the first of all. It is for
// tls.Config.GetCertificate.
func (c *Certificates) Get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.check()
	all := *c.now.Load()
	if len(all) > 1 {
		for i := range all {
			if hello.SupportsCertificate(&all[i]) == nil {
				return &all[i], nil
			}
		}
	}
	return &all[0], nil
}

// GetClient returns the certificate for a server that asks a client for one: the first one that it accepts, or none. It is for
// tls.Config.GetClientCertificate.
func (c *Certificates) GetClient(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c.check()
	all := *c.now.Load()
	for i := range all {
		if info.SupportsCertificate(&all[i]) == nil {
			return &all[i], nil
		}
	}
	return new(tls.Certificate), nil
}

func (c *Certificates) check() {
	if c == nil || len(c.pairs) == 0 {
		panic("tlsio: a nil or zero Certificates: LoadCertificates makes them")
	}
}
