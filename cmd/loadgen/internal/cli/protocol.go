package cli

import (
	"errors"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
)

// protocolFlags are what a target is told beside requests of HTTP, and how connections to it are secured.
type protocolFlags struct {
	Send        string `group:"protocol" placeholder:"TEXT" help:"Send this (\\r\\n, \\x00 …) instead of echo messages: bytes over tcp, tls and unix, a text over ws."`
	ReplyLength int    `group:"protocol" placeholder:"N" help:"With --send over tcp, tls and unix: a reply has N bytes."`
	ReplyUntil  string `group:"protocol" placeholder:"TEXT" help:"Or it ends with TEXT."`
	ReplyMatch  string `group:"protocol" placeholder:"REGEXP" help:"Or it ends where REGEXP first matches."`
	Command     string `group:"protocol" placeholder:"WORDS" help:"Redis command: 'SET key value' (PING)."`
	HTTP2       bool   `name:"http2" group:"protocol" help:"Speak HTTP/2: over TLS as agreed, over http:// at once (h2c). --pipeline is the streams of a connection."`

	CACert     string `name:"cacert" group:"TLS" placeholder:"FILE" help:"Trust the certificates in FILE instead of the system's."`
	Cert       string `group:"TLS" placeholder:"FILE" help:"Certificate to show to the server."`
	Key        string `group:"TLS" placeholder:"FILE" help:"Its private key."`
	ServerName string `group:"TLS" placeholder:"NAME" help:"Name to ask for (SNI) and to verify, if not the target's host."`
	Insecure   bool   `short:"k" group:"TLS" help:"Take any certificate."`
	Resume     bool   `group:"TLS" help:"Resume sessions; otherwise each connection makes a whole handshake."`
}

// set fills a configuration in.
func (f *protocolFlags) set(c *engine.Config) (err error) {
	if f.HTTP2 && c.Target.URL != "" {
		if c.Target, err = c.Target.WithHTTP2(); err != nil {
			return err
		}
	}
	c.TLS = engine.TLS{CACert: f.CACert, Cert: f.Cert, Key: f.Key, ServerName: f.ServerName, Insecure: f.Insecure, Resume: f.Resume}
	if c.Target.URL == "" {
		return nil // a scenario's, which speaks HTTP
	}
	if c.Target.Protocol == engine.Redis {
		if f.Send != "" {
			return errors.New("send is not for redis targets: give --command 'SET key value', say")
		}
		c.Send = f.Command // it has quotes of its own
	} else if f.Command != "" {
		return errors.New("command is for redis targets: give --send TEXT")
	} else if c.Send, err = engine.Unescape(f.Send); err != nil {
		return err
	}
	c.Reply = engine.Reply{Length: f.ReplyLength, Match: f.ReplyMatch}
	c.Reply.Until, err = engine.Unescape(f.ReplyUntil)
	return err
}
