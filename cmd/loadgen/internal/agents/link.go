package agents

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Link is how a NATS server is reached, or is to be reached.
type Link struct {
	URL       string // one, or several separated by commas
	Token     string
	CA        string // file of certificates, PEM, that are trusted; of a server of one's own: those that agents have to have one of
	Cert, Key string // files of the certificate to show
}

// Check tells what is wrong with it.
func (l *Link) Check() error {
	if (l.Cert == "") != (l.Key == "") {
		return errors.New("one of nats-cert and nats-key without the other: give both, PEM files, which may be the same one")
	}
	for u := range strings.SplitSeq(l.URL, ",") {
		if u = strings.TrimSpace(u); u == "" && l.URL == "" {
			break
		}
		scheme, host := parts(u)
		switch parsed, err := url.Parse(scheme + "://" + host); {
		case err != nil || parsed.Hostname() == "":
			return fmt.Errorf("nats %q: it is no address; accepted are nats://[token@]host[:port] and tls://[token@]host[:port]", u)
		case scheme != "nats" && scheme != "tls":
			return fmt.Errorf("nats %q: the scheme %q is not supported; accepted are nats:// and tls://", u, scheme)
		}
	}
	for _, name := range []string{l.CA, l.Cert, l.Key} {
		if name == "" {
			continue
		}
		if _, err := os.ReadFile(name); err != nil {
			return err
		}
	}
	if l.Cert != "" {
		if _, err := tls.LoadX509KeyPair(l.Cert, l.Key); err != nil {
			return fmt.Errorf("nats-cert %s and nats-key %s: %w", l.Cert, l.Key, err)
		}
	}
	return nil
}

// parts are those of one URL, whose scheme may be left out.
func parts(u string) (scheme, rest string) {
	scheme, rest, ok := strings.Cut(u, "://")
	if !ok {
		return "nats", u
	}
	return scheme, rest
}

// options are what all connections have. One that breaks is made anew, again and again.
func (l *Link) options(name string) []nats.Option {
	options := []nats.Option{
		nats.Name("loadgen " + name), nats.MaxReconnects(-1), nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectJitter(50*time.Millisecond, 50*time.Millisecond), nats.Timeout(2 * time.Second),
		nats.PingInterval(5 * time.Second), nats.NoEcho(), nats.RetryOnFailedConnect(false),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // what matters is seen by who waits for a reply
	}
	if l.Token != "" {
		options = append(options, nats.Token(l.Token))
	}
	if l.CA != "" {
		options = append(options, nats.RootCAs(l.CA))
	}
	if l.Cert != "" {
		options = append(options, nats.ClientCert(l.Cert, l.Key))
	}
	return options
}

// connect makes a connection. Errors that trying again does not mend are final.
func (l *Link) connect(name string, more ...nats.Option) (nc *nats.Conn, final bool, err error) {
	nc, err = nats.Connect(l.URL, append(l.options(name), more...)...)
	if err == nil {
		return nc, false, nil
	}
	shown := l.shown()
	text := strings.TrimPrefix(err.Error(), "nats: ")
	var verify *tls.CertificateVerificationError
	switch {
	case errors.Is(err, nats.ErrAuthorization) || strings.Contains(strings.ToLower(text), "authorization violation"):
		return nil, true, fmt.Errorf("%s refused the token: give the one that it wants with --nats-token", shown)
	case errors.As(err, &verify):
		return nil, true, fmt.Errorf("%s shows a certificate that is not trusted: %w; give its authority with --nats-ca", shown, verify.Err)
	case strings.Contains(text, "tls: "):
		return nil, true, fmt.Errorf("%s: %s: give what it wants with --nats-cert, --nats-key and --nats-ca", shown, text)
	case errors.Is(err, nats.ErrSecureConnRequired), errors.Is(err, nats.ErrSecureConnWanted):
		return nil, true, fmt.Errorf("%s: one side wants TLS and the other has none (%s)", shown, text)
	case errors.Is(err, nats.ErrNoServers):
		text = "nobody listens there"
	}
	return nil, false, fmt.Errorf("%s: %s", shown, text)
}

// shown is the URL without what is secret in it.
func (l *Link) shown() string {
	var all []string
	for u := range strings.SplitSeq(l.URL, ",") {
		scheme, host := parts(strings.TrimSpace(u))
		if i := strings.LastIndexByte(host, '@'); i >= 0 {
			host = host[i+1:]
		}
		all = append(all, scheme+"://"+host)
	}
	return strings.Join(all, ",")
}

// serve runs a NATS server in this process. Link is then how agents reach it: with an address that other machines know, if it
// listens on all of this one's.
func serve(listen string, l Link) (s *server.Server, reached Link, err error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, l, fmt.Errorf("nats-listen %q: give host:port, such as 127.0.0.1:4222", listen)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, l, fmt.Errorf("nats-listen %q: the port is not a number from 0 to 65535", listen)
	}
	if l.Token == "" {
		l.Token = rand.Text()
	}
	o := &server.Options{
		Host: host, Port: int(number), Authorization: l.Token, NoLog: true, NoSigs: true, MaxPayload: 8 << 20, ServerName: "loadgen",
		PingInterval: 5 * time.Second,
	}
	if number == 0 {
		o.Port = server.RANDOM_PORT
	}
	if l.Cert != "" {
		o.TLSConfig, err = server.GenTLSConfig(&server.TLSConfigOpts{CertFile: l.Cert, KeyFile: l.Key, CaFile: l.CA, Verify: l.CA != ""})
		if err != nil {
			return nil, l, fmt.Errorf("nats-cert, nats-key and nats-ca: %w", err)
		}
		o.TLS, o.TLSTimeout = true, 5
	} else if l.CA != "" {
		return nil, l, errors.New("nats-ca without nats-cert and nats-key: the NATS server of this run needs a certificate of its own to ask for others'")
	}
	// The server does not say why it cannot listen.
	probe, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, l, fmt.Errorf("nats-listen %q: %w", listen, err)
	}
	_ = probe.Close()
	if s, err = server.NewServer(o); err != nil {
		return nil, l, fmt.Errorf("nats-listen %q: %w", listen, err)
	}
	s.Start()
	if !s.ReadyForConnections(5 * time.Second) {
		s.Shutdown()
		return nil, l, fmt.Errorf("nats-listen %q: it did not come up within 5 s", listen)
	}
	address := s.Addr().(*net.TCPAddr)
	if address.IP.IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			host = "localhost"
		}
	} else {
		host = address.IP.String()
	}
	scheme := "nats"
	if l.Cert != "" {
		scheme = "tls"
	}
	l.URL = scheme + "://" + net.JoinHostPort(host, strconv.Itoa(address.Port))
	return s, l, nil
}
