package agents

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/internal/testkit"
)

// certificates writes a certificate of 127.0.0.1 that is its own authority.
func certificates(t *testing.T) (cert, key string) {
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	c, _ := testcert.New(t, "127.0.0.1")
	testcert.Write(t, c, cert, key)
	return cert, key
}

// The link has TLS if the run's server has a certificate. Agents that do not trust it, or have none that it wants, are told so.
func TestLinkWithTLS(t *testing.T) {
	t.Parallel()
	cert, key := certificates(t)
	other, otherKey := certificates(t)
	to, told, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Requests":9}`, echo(t)), func(c *Coordinator) {
		c.Agents, c.Cert, c.Key, c.CA = 1, cert, key, cert
	})
	if !strings.HasPrefix(to.URL, "tls://127.0.0.1:") {
		t.Errorf("agents are told %s", to.URL)
	}
	told.wait(t, "--nats-token [A-Z0-9]+ --nats-ca FILE --nats-cert FILE --nats-key FILE\n")
	for _, x := range []struct{ ca, cert, key, want string }{
		{other, cert, key, "a certificate that is not trusted"},
		{cert, "", "", "give what it wants with --nats-cert"},
		{cert, other, otherKey, "give what it wants with --nats-cert"},
	} {
		wrong := to
		wrong.CA, wrong.Cert, wrong.Key = x.ca, x.cert, x.key
		a := newAgent(t, wrong, "a")
		if <-a.done; a.err == nil || !strings.Contains(a.err.Error(), x.want) {
			t.Errorf("an agent with %+v ends with %v", x, a.err)
		}
	}
	to.CA, to.Cert, to.Key = cert, cert, key
	newAgents(t, to, 1)
	if o := <-over; o.err != nil || o.report.Succeeded != 9 {
		t.Errorf("%+v, %v", o.report, o.err)
	}
}

// Who does not know the token is refused, and told so without it.
func TestTokenIsWanted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	to, _, over := coordinate(t, ctx, fmt.Sprintf(`{"URL":%q,"Requests":9}`, echo(t)), nil)
	for _, token := range []string{"", "secret"} {
		wrong := to
		wrong.Token = token
		a := newAgent(t, wrong, "a")
		if <-a.done; a.err == nil || a.err.Error() != to.URL+" refused the token: give the one that it wants with --nats-token" {
			t.Errorf("token %q: %v", token, a.err)
		}
	}
	cancel()
	if o := <-over; o.err == nil || o.err.Error() != "interrupted before the run began" {
		t.Error(o.err)
	}
}

// A run meets its agents at a server that is there already: Debian's, with its token in the URL. Agents that were there before it take part
// in one run after the other, and one that waits elsewhere does not.
func TestNATSServerOfTheirOwn(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("nats-server")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	server := exec.Command(program, "-a", "127.0.0.1", "-p", "-1", "--auth", "s3cret", "--ports_file_dir", dir)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	// It writes where it listens to a file, some time after it was started.
	var to Link
	testkit.Until(t, "nats-server says where it listens", func() bool {
		names, _ := filepath.Glob(filepath.Join(dir, "*.ports"))
		for _, name := range names {
			text, _ := os.ReadFile(name)
			if _, rest, ok := strings.Cut(string(text), `"nats://`); ok {
				address, _, _ := strings.Cut(rest, `"`)
				to.URL = "nats://s3cret@" + address
			}
		}
		return to.URL != ""
	})
	agents := newAgents(t, to, 3)
	for _, a := range agents {
		if m := a.log.wait(t, `agent . waits for work at (\S+)`); strings.Contains(m[1], "s3cret") {
			t.Errorf("it tells the token: %s", m[0])
		}
	}
	for range 2 {
		_, _, over := coordinate(t, t.Context(), fmt.Sprintf(`{"URL":%q,"Rate":3000,"Requests":300}`, echo(t)), func(c *Coordinator) { c.Link = to })
		if o := <-over; o.err != nil || o.report.Succeeded != 300 || len(o.report.Agents) != 3 {
			t.Errorf("%+v, %v", o.report, o.err)
		}
	}
}

// An agent waits for a server that is not there yet, and ends when it is told to.
func TestAgentWaitsForAServer(t *testing.T) {
	t.Parallel()
	a := newAgent(t, Link{URL: "nats://127.0.0.1:1"}, "a")
	a.log.wait(t, "nats://127.0.0.1:1: nobody listens there; trying again")
	a.stop()
	if <-a.done; a.err != nil {
		t.Error(a.err)
	}
}

func TestWrongLinks(t *testing.T) {
	cert, key := certificates(t)
	for _, x := range []struct {
		link Link
		want string
	}{
		{Link{URL: "http://a"}, "accepted are nats:// and tls://"},
		{Link{URL: "nats://"}, "it is no address"},
		{Link{URL: "nats://a,nats://"}, "it is no address"},
		{Link{URL: "nats://a", Cert: cert}, "without the other"},
		{Link{URL: "nats://a", CA: "/nowhere"}, "/nowhere"},
		{Link{URL: "nats://a", Cert: key, Key: key}, "nats-cert"},
		{Link{URL: "a:4222, tls://token@b"}, ""},
		{Link{}, ""},
	} {
		err := x.link.Check()
		if got := fmt.Sprint(err); (err == nil) != (x.want == "") || !strings.Contains(got, x.want) && err != nil {
			t.Errorf("%+v: %v, want %q", x.link, err, x.want)
		}
	}
	if got := (&Link{URL: "nats://user:pass@a:1, tls://token@b,c"}).shown(); got != "nats://a:1,tls://b,nats://c" {
		t.Errorf("shown as %s", got)
	}
}
