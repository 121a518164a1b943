package cli

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
)

// requestFlags are what requests of HTTP consist of beside method, header and body.
type requestFlags struct {
	BodyFile string   `group:"requests" placeholder:"FILE" help:"HTTP content from a file, or from standard input (-)."`
	URLs     string   `name:"urls" group:"requests" placeholder:"FILE" help:"Send to the paths or URLs in FILE, one a line, each with its weight behind it."`
	Feed     string   `group:"requests" placeholder:"FILE" help:"CSV that {{csv NAME}} takes a row a request from. Path, header and body may also have {{counter}}, {{random 1 6}}, {{uuid}}."`
	Literal  bool     `group:"requests" help:"Take braces as they are."`
	Check    []string `group:"requests" sep:"none" placeholder:"EXPR" help:"A reply of which this is not so has failed: 'status == 200 && body contains \"ok\"', size, header(\"Name\"); may be repeated."`
	Scenario string   `group:"requests" placeholder:"FILE" help:"Do what FILE says users do: steps, in YAML. Also: loadgen run FILE.yaml."`
	Curl     string   `group:"requests" placeholder:"LINE" help:"Take URL, method, header and body from a command line of curl."`
}

// set fills a configuration in.
func (f *requestFlags) set(c *engine.Config) (err error) {
	c.Literal = f.Literal
	if f.BodyFile != "" {
		if c.Body != "" {
			return errors.New("both body and body-file: give one of them")
		}
		content, err := c.Files.Read(f.BodyFile)
		if err != nil {
			return fmt.Errorf("body-file: %w", err)
		}
		c.Body = string(content)
	}
	if f.URLs != "" {
		if err := withFile(c.Files, f.URLs, func(r io.Reader) error {
			c.Routes, err = engine.ReadRoutes(f.URLs, r, &c.Target)
			return err
		}); err != nil {
			return err
		}
	}
	if f.Feed != "" {
		if err := withFile(c.Files, f.Feed, func(r io.Reader) error {
			c.Feed, err = engine.ReadFeed(f.Feed, r)
			return err
		}); err != nil {
			return err
		}
	}
	c.Checks, err = engine.ParseChecks(f.Check)
	return err
}

func withFile(files *engine.Files, name string, read func(io.Reader) error) error {
	content, err := files.Read(name)
	if err != nil {
		return err
	}
	return read(bytes.NewReader(content))
}

// useCurl sets flags by a command line of curl. What was given beside it stays, and is added to it.
func (c *runCommand) useCurl() error {
	if c.Curl == "" {
		if c.URL == "" && c.Scenario == "" {
			return errors.New("<url> is missing: give a target, such as http://127.0.0.1:8080/, --scenario FILE or --curl LINE")
		}
		return nil
	}
	if c.URL != "" || c.Body != "" || c.BodyFile != "" || c.Method != "GET" {
		return errors.New("curl beside a url, method or body: give one of them")
	}
	line, err := parseCurl(c.Curl, c.files)
	if err != nil {
		return err
	}
	c.URL, c.Method, c.Body = line.url, line.method, line.body()
	c.Header = append(line.headers, c.Header...)
	c.HTTP2, c.Insecure, c.Literal = c.HTTP2 || line.http2, c.Insecure || line.insecure, true
	if line.cacert != "" {
		c.CACert = line.cacert
	}
	if line.cert != "" {
		c.Cert, c.Key = line.cert, line.key
	}
	return nil
}

// basic is the credentials of Basic authentication.
func basic(userinfo string) string { return base64.StdEncoding.EncodeToString([]byte(userinfo)) }
