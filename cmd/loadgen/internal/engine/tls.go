package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// TLS is how connections to a target whose scheme has TLS are made.
type TLS struct {
	CACert     string // file of certificates, PEM, that are trusted instead of the system's
	Cert, Key  string // files of the client's own certificate, PEM
	ServerName string // that is asked for and verified; "": the target's host
	Insecure   bool   // any certificate is taken
	Resume     bool   // connections after the first resume its session
}

// sessions is how many sessions are kept to be resumed: one is enough for one server.
const sessions = 64

// config reads the files.
func (o *TLS) config(t *Target, files *Files) (*tls.Config, error) {
	if !t.TLS {
		if *o != (TLS{}) {
			return nil, fmt.Errorf("cacert, cert, key, server-name, insecure and resume are for targets with TLS (https, wss, rediss, tls), and %s is none", t.URL)
		}
		return nil, nil
	}
	conf := &tls.Config{ServerName: o.ServerName, InsecureSkipVerify: o.Insecure, NextProtos: t.alpn()}
	if conf.ServerName == "" {
		conf.ServerName = t.serverName()
	}
	if o.Resume {
		conf.ClientSessionCache = tls.NewLRUClientSessionCache(sessions)
	} else {
		conf.SessionTicketsDisabled = true
	}
	if o.CACert != "" {
		pem, err := files.Read(o.CACert)
		if err != nil {
			return nil, fmt.Errorf("cacert: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("cacert %s: there is no certificate in it; give a file of PEM blocks of type CERTIFICATE", o.CACert)
		}
	}
	switch {
	case o.Cert == "" && o.Key == "":
	case o.Cert == "" || o.Key == "":
		return nil, errors.New("one of cert and key without the other: give both, PEM files, which may be the same one")
	default:
		var pair tls.Certificate
		cert, err := files.Read(o.Cert)
		if err == nil {
			var key []byte
			if key, err = files.Read(o.Key); err == nil {
				pair, err = tls.X509KeyPair(cert, key)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("cert %s and key %s: %w", o.Cert, o.Key, err)
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	return conf, nil
}

// alpn is what a target's protocol is called in the handshake.
func (t *Target) alpn() []string {
	switch t.Protocol {
	case HTTP, WebSocket:
		return []string{"http/1.1"}
	case HTTP2:
		return []string{"h2"}
	}
	return nil
}

// serverName is the host as certificates have it.
func (t *Target) serverName() string {
	host, _, err := net.SplitHostPort(t.address)
	if err != nil {
		return "localhost" // a Unix socket
	}
	return host
}

// secureDial makes a stream that is TLS on a socket. The handshake is a task of its own: it binds whoever polls it to
// its worker, and a connection is to stay free to move.
type secureDial struct {
	socket  socketDial
	conf    *tls.Config
	conn    *tlsio.Conn
	shaking sched.JoinHandle[future.Unit]
}

// Poll implements future.Future.
func (d *secureDial) Poll(cx *waker.Context) future.Poll[stream] {
	if d.conn == nil {
		p := d.socket.op.Poll(cx)
		if p.IsPending() {
			return future.Pending[stream]()
		}
		nc, err := p.Result()
		if err != nil {
			return future.Failed[stream](err)
		}
		d.conn = tlsio.Client(nc, d.conf)
		shake := d.conn.Handshake()
		d.shaking = sched.Spawn[future.Unit](cx, &shake)
	}
	p := d.shaking.Poll(cx)
	if p.IsPending() {
		return future.Pending[stream]()
	}
	_, err := p.Result()
	if err == nil {
		err = d.agreed()
	}
	if err != nil {
		_ = d.conn.Close() // it has failed anyway
		return future.Failed[stream](fmt.Errorf("%w: %w", stats.ErrTLS, err))
	}
	return future.Ready[stream](d.conn)
}

// agreed looks whether the server speaks what is to be spoken. One that agrees to nothing is taken for one that speaks
// HTTP/1.1, which is older than that question.
func (d *secureDial) agreed() error {
	if want := d.conf.NextProtos; len(want) > 0 && want[0] == "h2" {
		if got := d.conn.ConnectionState().NegotiatedProtocol; got != "h2" {
			return fmt.Errorf("the server speaks %q and no h2: leave --http2 away", got)
		}
	}
	return nil
}

// Drop implements future.Dropper.
func (d *secureDial) Drop() {
	if d.conn == nil {
		d.socket.Drop()
		return
	}
	d.shaking.Abort()
	_ = d.conn.Close()
}
