package engine

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/wire/http1"
)

// request builds the HTTP request, and tells what is wrong with its parts.
// closes tells that it asks the server to close the connection after it.
func (c *Config) request() (request []byte, closes bool, err error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", c.Method, c.Target.Path)
	own := c.ownFields()
	for _, h := range c.Headers {
		name, value, ok := strings.Cut(h, ":")
		value = strings.TrimSpace(value)
		if !ok || name == "" || strings.ContainsAny(h, "\r\n\x00") || strings.ContainsAny(name, " \t") {
			return nil, false, fmt.Errorf("header %q: give it as 'Name: value'", h)
		}
		switch key := strings.ToLower(name); key {
		case "content-length", "transfer-encoding":
			return nil, false, fmt.Errorf("header %q: it is set by what --body is", h)
		default:
			delete(own, key)
		}
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	for _, name := range ownOrder {
		if value, ok := own[name]; ok {
			fmt.Fprintf(&b, "%s: %s\r\n", headerName[name], value)
		}
	}
	if c.hasBody() {
		b.WriteString("Content-Length: " + strconv.Itoa(len(c.Body)) + "\r\n")
	}
	b.WriteString("\r\n" + c.Body)
	request = []byte(b.String())

	// What our own server would refuse is not sent.
	var r http1.Request
	if _, err := r.Feed(request); err != nil || !r.Done() {
		return nil, false, fmt.Errorf("method %q, target %q: they make no valid request: %v", c.Method, c.Target.URL, err)
	}
	return request, !r.KeepAlive(), nil
}

// ownFields are the fields that are sent if nobody has given others.
func (c *Config) ownFields() map[string]string {
	own := map[string]string{
		"host":       c.Target.Host,
		"user-agent": "magpie-loadgen",
		"accept":     "*/*",
	}
	if t := &c.Target; t.user != "" || t.password != "" {
		own["authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(t.user+":"+t.password))
	}
	return own
}

var ownOrder = []string{"host", "user-agent", "accept", "authorization"}

// hasBody reports whether the request says how long its content is.
func (c *Config) hasBody() bool {
	return c.Body != "" || c.Method == "POST" || c.Method == "PUT" || c.Method == "PATCH"
}

var headerName = map[string]string{"host": "Host", "user-agent": "User-Agent", "accept": "Accept", "authorization": "Authorization"}
