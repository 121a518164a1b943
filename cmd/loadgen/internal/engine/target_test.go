package engine

import (
	"strings"
	"testing"
	"time"
)

func TestParseTarget(t *testing.T) {
	for raw, want := range map[string]Target{
		"tcp://127.0.0.1:7000":       {network: "tcp", address: "127.0.0.1:7000"},
		"tcp://[::1]:7000":           {network: "tcp", address: "[::1]:7000"},
		"unix:///run/echo.sock":      {network: "unix", address: "/run/echo.sock"},
		"unix://echo.sock":           {network: "unix", address: "echo.sock"},
		"http://localhost":           {network: "tcp", address: "localhost:80", Protocol: HTTP, Host: "localhost", Path: "/"},
		"http://[::1]":               {network: "tcp", address: "[::1]:80", Protocol: HTTP, Host: "[::1]", Path: "/"},
		"tcp://h:7000/":              {network: "tcp", address: "h:7000"},
		"unix:///a%20b%25?c#d":       {network: "unix", address: "/a b%?c#d"},
		"unix://a:b":                 {network: "unix", address: "a:b"},
		"unix://@name":               {network: "unix", address: "@name"},
		"http://h:":                  {network: "tcp", address: "h:80", Protocol: HTTP, Host: "h", Path: "/"},
		"http://[fe80::1%25lo]:8/":   {network: "tcp", address: "[fe80::1%lo]:8", Protocol: HTTP, Host: "[fe80::1]:8", Path: "/"},
		"http://[fe80::1%25lo]/":     {network: "tcp", address: "[fe80::1%lo]:80", Protocol: HTTP, Host: "[fe80::1]", Path: "/"},
		"http+unix://%2Frun%2Fs/a?b": {network: "unix", address: "/run/s", Protocol: HTTP, Host: "localhost", Path: "/a?b"},
		"http+unix://s":              {network: "unix", address: "s", Protocol: HTTP, Host: "localhost", Path: "/"},
		"https://h/":                 {network: "tcp", address: "h:443", Protocol: HTTP, TLS: true, Host: "h", Path: "/"},
		"http://me:pw@h/":            {network: "tcp", address: "h:80", Protocol: HTTP, Host: "h", Path: "/", user: "me", password: "pw"},
		"wss://[::1]/a?b":            {network: "tcp", address: "[::1]:443", Protocol: WebSocket, TLS: true, Host: "[::1]", Path: "/a?b"},
		"redis://h":                  {network: "tcp", address: "h:6379", Protocol: Redis},
		"rediss://:pw@h:1/2":         {network: "tcp", address: "h:1", Protocol: Redis, TLS: true, password: "pw", database: 2},
		"udp://[::1]:7":              {network: "udp", address: "[::1]:7", Protocol: UDP},
		"tls://h:7":                  {network: "tcp", address: "h:7", TLS: true},
		"http://h:81/a%20b?c=d&e#f":  {network: "tcp", address: "h:81", Protocol: HTTP, Host: "h:81", Path: "/a%20b?c=d&e"},
	} {
		want.URL = raw
		if got, err := ParseTarget(raw); err != nil || got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	for raw, reason := range map[string]string{
		"":                   "scheme is missing",
		"127.0.0.1:80":       "not a URL",
		"localhost":          "scheme is missing",
		"localhost:80":       "scheme is missing",
		"http://::1:80/":     "not a URL: invalid port",
		"http://[::1%lo]/":   `not a URL: invalid URL escape "%lo"`,
		"ftp://host":         `scheme "ftp" is not supported`,
		"redis://h/x":        `the database "x" is not a number`,
		"redis://h/1?a":      "something behind the database",
		"udp://h":            "port is missing",
		"wss://":             "host is missing",
		"tcp://host":         "port is missing",
		"tcp://:80":          "host is missing",
		"tcp://host:80/path": "something beside host and port",
		"tcp://host:65536":   "port is not a number from 1 to 65535",
		"tcp://host:0":       "port is not a number from 1 to 65535",
		"http:///path":       "host is missing",
		"unix://a%b":         "write it as %25",
		"http+unix:///path":  "path of the socket is missing: write its slashes as %2F, as in http+unix://%2Frun%2Fmy.sock/path; accepted",
		"http+unix://":       "path of the socket is missing; accepted",
		"unix://":            "path of the socket is missing",
	} {
		_, err := ParseTarget(raw)
		if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), accepted) {
			t.Errorf("%q: %v, want %q and what is accepted", raw, err, reason)
		}
	}
}

func TestCheck(t *testing.T) {
	good := func(url string) Config {
		target, err := ParseTarget(url)
		if err != nil {
			t.Fatal(err)
		}
		return Config{Target: target, Connections: 1, Duration: time.Second, Timeout: time.Second, Size: 16, Method: "GET"}
	}
	const echo, http = "tcp://h:1", "http://h:1/"
	for _, url := range []string{echo, http} {
		if c := good(url); c.Check() != nil {
			t.Errorf("%s: %v", url, c.Check())
		}
	}
	for _, c := range []struct {
		url, reason string
		spoil       func(*Config)
	}{
		{echo, "0 connections", func(c *Config) { c.Connections = 0 }},
		{echo, "from 1 to 1000000", func(c *Config) { c.Connections = 2_000_000 }},
		{echo, "a duration of -1s", func(c *Config) { c.Duration = -time.Second }},
		{echo, "neither a duration nor a number", func(c *Config) { c.Duration = 0 }},
		{echo, "a warm-up of -1s", func(c *Config) { c.Warmup = -time.Second }},
		{echo, "a timeout of 0s", func(c *Config) { c.Timeout = 0 }},
		{echo, "a message size of 15 bytes", func(c *Config) { c.Size = 15 }},
		{echo, "are for http:// and https:// targets", func(c *Config) { c.Body = "x" }},
		{http, `header "Name"`, func(c *Config) { c.Headers = []string{"Name"} }},
		{http, "Name: value", func(c *Config) { c.Headers = []string{"A: b\r\nC: d"} }},
		{http, "set by what --body is", func(c *Config) { c.Headers = []string{"Content-Length: 3"} }},
		{http, "no valid request", func(c *Config) { c.Headers = []string{"A\x01: b"} }},
		{http, `method "G T"`, func(c *Config) { c.Method = "G T" }},
		{http, `method ""`, func(c *Config) { c.Method = "" }},
	} {
		config := good(c.url)
		c.spoil(&config)
		if err := config.Check(); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%v, want %q", err, c.reason)
		}
	}
}

func TestRequest(t *testing.T) {
	target, err := ParseTarget("http://h:1/p?q")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Method: "GET"}, "GET /p?q HTTP/1.1\r\nHost: h:1\r\nUser-Agent: magpie-loadgen\r\nAccept: */*\r\n\r\n"},
		{Config{Method: "GET", Target: Target{Host: "h:1", Path: "/p?q", user: "me", password: "pw"}},
			"GET /p?q HTTP/1.1\r\nHost: h:1\r\nUser-Agent: magpie-loadgen\r\nAccept: */*\r\nAuthorization: Basic bWU6cHc=\r\n\r\n"},
		{Config{Method: "POST"}, "POST /p?q HTTP/1.1\r\nHost: h:1\r\nUser-Agent: magpie-loadgen\r\nAccept: */*\r\nContent-Length: 0\r\n\r\n"},
		{
			Config{Method: "PUT", Body: "abc", Headers: []string{"host:other", "ACCEPT: text/plain", "X: a:b, c"}},
			"PUT /p?q HTTP/1.1\r\nhost: other\r\nACCEPT: text/plain\r\nX: a:b, c\r\nUser-Agent: magpie-loadgen\r\nContent-Length: 3\r\n\r\nabc",
		},
	} {
		if c.config.Target.Host == "" {
			c.config.Target = target
		}
		if got, _, err := c.config.request(); err != nil || string(got) != c.want {
			t.Errorf("got %q, %v, want %q", got, err, c.want)
		}
	}
}
