package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Target is what a load is sent to.
type Target struct {
	URL      string // as it was given
	Protocol Protocol
	TLS      bool
	Host     string // for the Host header
	Path     string // with the query
	network  string
	address  string // host:port, or the path of a Unix socket
	user     string
	password string
	database int // of Redis
}

// Protocol is what is spoken with a target.
type Protocol uint8

// The protocols.
const (
	Echo      Protocol = iota // what is sent comes back; or bytes of one's own, and a rule for replies
	HTTP                      // HTTP/1.1
	HTTP2                     // HTTP/2, as agreed in the handshake of TLS, or at once without TLS
	WebSocket                 // messages that come back, or a text and one message that answers it
	Redis                     // a command and its reply
	UDP                       // datagrams that come back
)

// WithHTTP2 is the target with HTTP/2 for HTTP/1.1.
func (t Target) WithHTTP2() (Target, error) {
	if t.Protocol != HTTP {
		return t, fmt.Errorf("http2 is for http:// and https:// targets, and %s is none", t.URL)
	}
	t.Protocol = HTTP2
	return t, nil
}

const accepted = "accepted are http[s]://host[:port]/path, http+unix://socket/path, ws[s]://host[:port]/path, redis[s]://[user:password@]host[:port][/db], " +
	"and tcp://host:port, tls://host:port, unix://path and udp://host:port (echo)"

// ParseTarget reads a target's URL. Its errors say what is accepted. The placeholders of templates in its path stay as
// they are.
func ParseTarget(raw string) (Target, error) {
	if before, path, ok := cutPath(raw); ok && strings.Contains(path, "{{") {
		t, err := ParseTarget(before + "/")
		t.URL, t.Path = raw, path
		return t, err
	}
	t, err := parseTarget(raw)
	if err != nil {
		return Target{}, fmt.Errorf("target %q: %w; %s", raw, err, accepted)
	}
	return t, nil
}

func parseTarget(raw string) (Target, error) {
	scheme, rest, _ := strings.Cut(raw, ":")
	rest = strings.TrimPrefix(rest, "//")
	switch strings.ToLower(scheme) {
	case "unix":
		return parseUnix(raw, rest)
	case "http+unix":
		return parseHTTPUnix(raw, rest)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return Target{}, notURL(err)
	}
	if _, err := strconv.ParseUint(u.Opaque, 10, 16); err == nil { // "localhost:80"
		u.Scheme = ""
	}
	switch u.Scheme {
	case "tcp", "tls":
		t, err := parseHostPort(raw, u)
		t.TLS = u.Scheme == "tls"
		return t, err
	case "udp":
		t, err := parseHostPort(raw, u)
		t.Protocol, t.network = UDP, "udp"
		return t, err
	case "http", "ws":
		return parseHTTP(raw, u, "80")
	case "https", "wss":
		t, err := parseHTTP(raw, u, "443")
		t.TLS = true
		return t, err
	case "redis", "rediss":
		t, err := parseRedis(raw, u)
		t.TLS = u.Scheme == "rediss"
		return t, err
	case "":
		return Target{}, errors.New("the scheme is missing")
	}
	return Target{}, fmt.Errorf("the scheme %q is not supported", u.Scheme)
}

// notURL leaves out the URL, which the message has already.
func notURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("it is not a URL: %w", err)
}

func parseHostPort(raw string, u *url.URL) (Target, error) {
	t := Target{URL: raw, network: "tcp", address: u.Host}
	switch {
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil:
		return t, errors.New("there is something beside host and port")
	case u.Port() == "":
		return t, errors.New("the port is missing")
	}
	return t, checkHost(u)
}

func parseHTTP(raw string, u *url.URL, port string) (Target, error) {
	t := Target{URL: raw, Protocol: HTTP, network: "tcp", Path: u.RequestURI()}
	if strings.HasPrefix(u.Scheme, "ws") {
		t.Protocol = WebSocket
	}
	t.setUser(u)
	t.address = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	t.Host = hostHeader(u)
	return t, checkHost(u)
}

func (t *Target) setUser(u *url.URL) {
	t.user = u.User.Username()
	t.password, _ = u.User.Password()
}

func parseRedis(raw string, u *url.URL) (t Target, err error) {
	t = Target{URL: raw, Protocol: Redis, network: "tcp", address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "6379"))}
	t.setUser(u)
	if db := strings.Trim(u.Path, "/"); db != "" {
		if t.database, err = strconv.Atoi(db); err != nil || t.database < 0 {
			return t, fmt.Errorf("the database %q is not a number from 0 on", db)
		}
	}
	if u.RawQuery != "" {
		return t, errors.New("there is something behind the database")
	}
	return t, checkHost(u)
}

// hostHeader is host and port as the Host header gives them: a zone means nothing to
// anybody else (RFC 6874), and a port that is empty is none.
func hostHeader(u *url.URL) string {
	host := u.Hostname()
	if strings.Contains(host, ":") {
		host, _, _ = strings.Cut(host, "%")
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" {
		host += ":" + p
	}
	return host
}

func checkHost(u *url.URL) error {
	if u.Hostname() == "" {
		return errors.New("the host is missing")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return errors.New("the port is not a number from 1 to 65535")
		}
	}
	return nil
}

// parseUnix takes all that follows as a path, so that a query's and a fragment's marks
// need no encoding.
func parseUnix(raw, rest string) (Target, error) {
	path, err := socketPath(rest)
	return Target{URL: raw, network: "unix", address: path}, err
}

// parseHTTPUnix takes what stands before the first slash as the path of the socket, in
// which slashes are written as %2F.
func parseHTTPUnix(raw, rest string) (Target, error) {
	host, path, _ := strings.Cut(rest, "/")
	socket, err := socketPath(host)
	if errors.Is(err, errPath) && path != "" {
		err = fmt.Errorf("%w: write its slashes as %%2F, as in http+unix://%%2Frun%%2Fmy.sock/path", err)
	}
	if err != nil {
		return Target{}, err
	}
	u, err := url.Parse("http://localhost/" + path)
	if err != nil {
		return Target{}, notURL(err)
	}
	return Target{URL: raw, Protocol: HTTP, Host: u.Host, Path: u.RequestURI(), network: "unix", address: socket}, nil
}

var errPath = errors.New("the path of the socket is missing")

func socketPath(encoded string) (string, error) {
	path, err := url.PathUnescape(encoded)
	switch {
	case err != nil:
		return "", errors.New("a percent sign in the path of the socket is not followed by two digits: write it as %25")
	case path == "":
		return "", errPath
	}
	return path, nil
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
	if name := strings.TrimSuffix(strings.ToLower(host), "."); name == "invalid" || strings.HasSuffix(name, ".invalid") {
		// No name server has it (RFC 6761, section 6.4), and one that is not there would be waited for.
		return nil, fmt.Errorf("target %q: %w", t.URL, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true})
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

// cutPath cuts a URL before its path.
func cutPath(raw string) (before, path string, ok bool) {
	scheme, rest, ok := strings.Cut(raw, "://")
	i := strings.IndexByte(rest, '/')
	if !ok || i < 0 {
		return "", "", false
	}
	return scheme + "://" + rest[:i], rest[i:], true
}
