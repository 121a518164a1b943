package engine

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"
)

// Target is what a load is sent to.
type Target struct {
	URL     string // as it was given
	HTTP    bool   // otherwise echo
	Host    string // for the Host header
	Path    string // with the query
	network string
	address string // host:port, or the path of a Unix socket
}

const accepted = "accepted are tcp://host:port and unix://path (echo), and http://host[:port]/path"

// ParseTarget reads a target's URL. Its errors say what is accepted.
func ParseTarget(raw string) (Target, error) {
	bad := func(format string, args ...any) (Target, error) {
		return Target{}, fmt.Errorf("target %q: %s; %s", raw, fmt.Sprintf(format, args...), accepted)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return bad("not a URL")
	}
	t := Target{URL: raw, network: "tcp", address: u.Host}
	switch u.Scheme {
	case "tcp":
		if u.Path != "" || u.RawQuery != "" {
			return bad("there is something after the port")
		}
		if u.Port() == "" {
			return bad("the port is missing")
		}
	case "unix":
		t.network, t.address = "unix", u.Host+u.Path
		if t.address == "" {
			return bad("the path of the socket is missing")
		}
		return t, nil
	case "http":
		t.HTTP, t.Host, t.Path = true, u.Host, u.RequestURI()
		if u.Port() == "" {
			t.address = net.JoinHostPort(u.Hostname(), "80")
		}
		if u.User != nil {
			return bad("user names are not supported; give a header: -H 'Authorization: …'")
		}
	case "https":
		return bad("TLS is not supported")
	case "":
		return bad("the scheme is missing")
	default:
		return bad("the scheme %q is not supported", u.Scheme)
	}
	if u.Hostname() == "" {
		return bad("the host is missing")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return bad("the port is not a number from 1 to 65535")
		}
	}
	return t, nil
}

// resolveTimeout is the resolver's own, twice over.
const resolveTimeout = 10 * time.Second

// resolve looks the host up, once for the whole run: a name server is not what is to be
// measured. It returns addresses without names.
func (t *Target) resolve(ctx context.Context) ([]string, error) {
	if t.network == "unix" {
		return []string{t.address}, nil
	}
	host, port, err := net.SplitHostPort(t.address)
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", t.URL, err)
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	hosts, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", t.URL, err)
	}
	for i, h := range hosts {
		hosts[i] = net.JoinHostPort(h, port)
	}
	return hosts, nil
}
