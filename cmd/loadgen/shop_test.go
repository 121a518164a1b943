package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// shop serves what examples/shop.yaml asks for, to those who have logged in, over HTTP/1.1 and HTTP/2; to strangers it tells which they speak.
func shop(ts *testscript.TestScript, _ bool, args []string) {
	var tokens sync.Map // to sessions
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		var who struct{ User, Password string }
		if json.NewDecoder(r.Body).Decode(&who) != nil || who.Password == "" || r.Header.Get("Accept") != "application/json" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		token := "token-of-" + who.User
		tokens.Store(token, who.User)
		w.Header().Set("Set-Cookie", "sid="+who.User+"; Path=/")
		_, _ = fmt.Fprintf(w, `{"token": %q}`, token)
	})
	within := func(answer http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			user, ok := tokens.Load(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
			if session, err := r.Cookie("sid"); !ok || err != nil || session.Value != user {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			answer(w, r)
		}
	}
	mux.HandleFunc("GET /items", within(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"items": [{"id": "p%s"}, {"id": "q"}]}`, r.URL.Query().Get("page"))
	}))
	mux.HandleFunc("GET /items/{id}", within(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"id": %q, "price": 7}`, r.PathValue("id"))
	}))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %t %s", r.Proto, r.URL.RequestURI(), r.TLS != nil && r.TLS.DidResume, body)
	})
	s := httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail, as they are to
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetHTTP2(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	if len(args) == 0 {
		s.Start()
	} else {
		s.EnableHTTP2 = true
		s.StartTLS()
		ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	}
	ts.Defer(s.Close)
	ts.Setenv("SHOP", s.URL)
}
