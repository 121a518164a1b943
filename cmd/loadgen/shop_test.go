package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// shop serves what examples/shop.yaml asks for, to those who have logged in.
func shop(ts *testscript.TestScript, _ bool, _ []string) {
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
	s := httptest.NewServer(mux)
	ts.Defer(s.Close)
	ts.Setenv("SHOP", s.URL)
}
