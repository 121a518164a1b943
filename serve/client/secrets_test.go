package client_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/serve/client"
)

// However the names of fields are written: what is a secret is not shown to another host, and what frames a request is not sent twice.
func TestNamesOfFields(t *testing.T) {
	other := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%q %q", r.Header.Get("Authorization"), r.Header.Get("Cookie"))
	})
	s := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "s" || r.Header.Get("Cookie") != "c" || r.ContentLength != 0 || len(r.TransferEncoding) > 0 || len(r.UserAgent()) != 1 {
			t.Errorf("%v", r.Header)
		}
		http.Redirect(w, r, other.URL, http.StatusFound)
	})
	c := newClient(t, client.Config{})
	r := request(t, "GET", s.URL, nil)
	r.Header = http.Header{"authorization": {"s"}, "COOKIE": {"c"}, "content-length": {"5"}, "transfer-encoding": {"chunked"}, "host": {"h"}, "user-agent": {"a"}}
	if _, got, err := do(c, r); got != `"" ""` || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A redirect to a path is one of the host that was asked, by the name that it was asked by.
func TestHostOfARedirect(t *testing.T) {
	s := server(t, false, nil)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/path":
			w.Header().Set("Location", "/end")
			w.WriteHeader(302)
		case "/url":
			http.Redirect(w, r, s.URL+"/end", http.StatusFound)
		default:
			fmt.Fprint(w, r.Host)
		}
	})
	c := newClient(t, client.Config{})
	for path, want := range map[string]string{"/path": "nest.example", "/url": strings.TrimPrefix(s.URL, "http://")} {
		r := request(t, "GET", s.URL+path, nil)
		r.Host = "nest.example"
		if _, got, err := do(c, r); got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", path, got, err, want)
		}
	}
}

// A name and a password in a URL are sent, unless the request has its own.
func TestPasswordOfAURL(t *testing.T) {
	s := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/path" {
			http.Redirect(w, r, "/end", http.StatusFound)
			return
		}
		fmt.Fprint(w, r.URL.Path, " ", r.Header.Get("Authorization"))
	})
	c := newClient(t, client.Config{})
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("me", "pw")
	for path, want := range map[string]string{"/x": "/x Basic bWU6cHc=", "/path": "/end Basic bWU6cHc="} {
		if _, got, err := do(c, request(t, "GET", u.String()+path, nil)); got != want || err != nil {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	r := request(t, "GET", u.String()+"/x", nil)
	r.Header.Set("Authorization", "mine")
	if _, got, err := do(c, r); got != "/x mine" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
