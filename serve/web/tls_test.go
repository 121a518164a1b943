package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/serve"
)

// Under TLS handlers of each kind answer as they do without, and nothing goes beside it.
func TestUnderTLS(t *testing.T) {
	theirs := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate, and a client that trusts it
	defer theirs.Close()
	long := bytes.Repeat([]byte("0123456789abcdef"), 30_000)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large"), long, 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	mux := new(Mux)
	mux.Handle("/own", WithContent(1<<20, func(w *Response, r *Request) { _, _ = w.Write(r.Content()) }))
	mux.Handle("/files/", Files(root, "/files"))
	mux.HandleStandard("/echo", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil || r.TLS == nil {
			t.Errorf("%v, TLS %v", err, r.TLS)
		}
		w.Write(content)
	}))
	mux.HandleStandard("/flushed", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 20 {
			fmt.Fprint(w, i, " ")
			w.(http.Flusher).Flush()
		}
		if _, _, err := w.(http.Hijacker).Hijack(); err == nil {
			t.Error("Hijack under TLS was allowed")
		}
	}))
	s := start(t, Config{Handler: mux.Serve, Conns: serve.Config{TLS: theirs.TLS.Clone()}})
	client := theirs.Client()
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	for range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 5 {
				for path, content := range map[string][]byte{"/own": long, "/echo": long, "/echo?2": []byte("x"), "/own?2": []byte("x")} {
					r, err := client.Post("https://"+s.addr+path, "text/plain", bytes.NewReader(content))
					if err != nil {
						t.Error(err)
						return
					}
					got, err := io.ReadAll(r.Body)
					r.Body.Close()
					if err != nil || !bytes.Equal(got, content) {
						t.Errorf("%s: %d bytes of %d, %v", path, len(got), len(content), err)
					}
				}
				for path, want := range map[string]string{"/files/large": string(long), "/flushed": "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 "} {
					r, err := client.Get("https://" + s.addr + path)
					if err != nil {
						t.Error(err)
						return
					}
					got, err := io.ReadAll(r.Body)
					r.Body.Close()
					if err != nil || strings.ReplaceAll(string(got), "\n", "") != want {
						t.Errorf("%s: %d bytes of %d, %v", path, len(got), len(want), err)
					}
				}
			}
		}()
	}
	all.Wait()
}
