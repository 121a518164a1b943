package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/shlex"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
)

// curlFlags are those of curl that are understood, by their short and long names, and whether they have a value.
var curlFlags = []struct {
	short, long string
	valued      bool
}{
	{"X", "request", true}, {"H", "header", true}, {"d", "data", true}, {"", "data-raw", true}, {"", "data-ascii", true},
	{"", "data-binary", true}, {"", "json", true}, {"u", "user", true}, {"A", "user-agent", true}, {"e", "referer", true}, {"b", "cookie", true},
	{"I", "head", false}, {"G", "get", false}, {"k", "insecure", false}, {"", "url", true}, {"", "http2", false}, {"", "http1.1", false},
	{"", "cacert", true}, {"E", "cert", true}, {"", "key", true}, {"", "compressed", false}, {"", "unix-socket", true},
	// Of no meaning here.
	{"s", "silent", false}, {"S", "show-error", false}, {"v", "verbose", false}, {"i", "include", false}, {"o", "output", true}, {"w", "write-out", true},
	{"f", "fail", false}, {"g", "globoff", false}, {"#", "progress-bar", false},
}

// curl is what a command line of curl asks for.
type curl struct {
	url, method       string
	headers           []string
	data              []string
	asQuery, insecure bool
	http2             bool
	cacert, cert, key string
	files             *engine.Files
}

// parseCurl reads a command line of curl, as browsers copy it.
func parseCurl(line string, files *engine.Files) (c curl, err error) {
	c.files = files
	line, err = plainQuotes(strings.ReplaceAll(line, "\\\n", " "))
	if err != nil {
		return c, fmt.Errorf("curl: %w", err)
	}
	words, err := shlex.Split(line)
	if err != nil {
		return c, fmt.Errorf("curl: %w", err)
	}
	if len(words) > 0 && words[0] == "curl" {
		words = words[1:]
	}
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if len(word) < 2 || word[0] != '-' {
			err = c.set("url", word)
		} else if words, err = c.flag(word, words); err != nil {
			return c, err
		}
		if err != nil {
			return c, err
		}
	}
	if c.url == "" {
		return c, errors.New("curl: there is no URL in it")
	}
	return c, c.finish()
}

// flag takes a flag, which may be several short ones, and the value behind it.
func (c *curl) flag(word string, words []string) ([]string, error) {
	for rest := word; ; {
		name, value, valued, known := "", "", false, false
		for _, f := range curlFlags {
			if long, ok := strings.CutPrefix(rest, "--"); ok && long == f.long {
				name, valued, known, rest = f.long, f.valued, true, ""
				break
			}
			if f.short != "" && !strings.HasPrefix(rest, "--") && strings.HasPrefix(rest[1:], f.short) {
				name, valued, known, rest = f.long, f.valued, true, rest[2:]
				break
			}
		}
		switch {
		case !known:
			return nil, fmt.Errorf("curl: %s is not understood: accepted are -X, -H, -d and its kin, -u, -A, -e, -b, -I, -G, -k, --json, --http2, --cacert, --cert and --key", word)
		case valued && rest != "":
			value, rest = rest, ""
		case valued && len(words) == 0:
			return nil, fmt.Errorf("curl: the value of %s is missing", word)
		case valued:
			value, words = words[0], words[1:]
		}
		if err := c.set(name, value); err != nil || rest == "" {
			return words, err
		}
		rest = "-" + rest
	}
}

func (c *curl) set(name, value string) (err error) {
	switch name {
	case "url":
		if c.url != "" {
			return fmt.Errorf("curl: two URLs, %s and %s: give one", c.url, value)
		}
		if c.url = value; !strings.Contains(value, "://") {
			c.url = "http://" + value
		}
	case "request":
		c.method = value
	case "header":
		c.headers = append(c.headers, value)
	case "json":
		c.headers = append(c.headers, "Content-Type: application/json", "Accept: application/json")
		c.data = append(c.data, value)
	case "data", "data-ascii", "data-binary":
		if file, ok := strings.CutPrefix(value, "@"); ok {
			content, err := c.files.Read(file)
			if err != nil {
				return fmt.Errorf("curl: %w", err)
			}
			if value = string(content); name != "data-binary" {
				value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
			}
		}
		c.data = append(c.data, value)
	case "data-raw":
		c.data = append(c.data, value)
	case "user":
		c.headers = append(c.headers, "Authorization: Basic "+basic(value))
	case "user-agent":
		c.headers = append(c.headers, "User-Agent: "+value)
	case "referer":
		c.headers = append(c.headers, "Referer: "+value)
	case "cookie":
		c.headers = append(c.headers, "Cookie: "+value)
	case "compressed":
		c.headers = append(c.headers, "Accept-Encoding: deflate, gzip")
	case "head":
		c.method = "HEAD"
	case "get":
		c.asQuery = true
	case "insecure":
		c.insecure = true
	case "http2":
		c.http2 = true
	case "cacert":
		c.cacert = value
	case "cert":
		c.cert = value
	case "key":
		c.key = value
	case "unix-socket":
		return errors.New("curl: --unix-socket: give the target as http+unix://socket/path")
	}
	return nil
}

// finish settles what depends on all of it.
func (c *curl) finish() error {
	if c.cert != "" && c.key == "" {
		c.key = c.cert
	}
	if c.asQuery && len(c.data) > 0 {
		mark := "?"
		if strings.Contains(c.url, "?") {
			mark = "&"
		}
		c.url += mark + strings.Join(c.data, "&")
		c.data = nil
	}
	if c.method == "" {
		if c.method = "GET"; len(c.data) > 0 {
			c.method = "POST"
		}
	}
	if len(c.data) > 0 {
		typed := false
		for _, h := range c.headers {
			typed = typed || strings.HasPrefix(strings.ToLower(h), "content-type:")
		}
		if !typed {
			c.headers = append(c.headers, "Content-Type: application/x-www-form-urlencoded")
		}
	}
	return nil
}

// body is the data, as forms have it.
func (c *curl) body() string { return strings.Join(c.data, "&") }
