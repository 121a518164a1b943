package web

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/serve"
)

// What an http.Handler has kept of a request is of no use after it has returned: it reads nothing of other requests, and writes nothing
// into their answers.
func TestStandardWritesAfterTheEnd(t *testing.T) {
	type kept struct {
		w http.ResponseWriter
		r *http.Request
	}
	late := make(chan kept, 1)
	inside, goOn := make(chan bool), make(chan bool)
	s := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keep" {
			late <- kept{w, r}
			return
		}
		io.WriteString(w, "go")
		inside <- true
		<-goOn
		io.WriteString(w, "od")
	}))})
	p := s.dial(t)
	for range 20 {
		p.send("POST /keep HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nunread")
		p.want("POST", 200, "")
		p.send("POST /show HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nsecret")
		<-inside
		k := <-late
		k.w.WriteHeader(418)
		if n, err := k.w.Write([]byte("LATE")); n != 0 || err == nil {
			t.Errorf("Write after the end: %d, %v", n, err)
		}
		if _, err := io.Copy(k.w, strings.NewReader("LATE")); err == nil {
			t.Error("ReadFrom after the end")
		}
		c := http.NewResponseController(k.w)
		for name, err := range map[string]error{"Flush": c.Flush(), "SetReadDeadline": c.SetReadDeadline(time.Now()), "SetWriteDeadline": c.SetWriteDeadline(time.Now())} {
			if err == nil {
				t.Errorf("%s after the end", name)
			}
		}
		if _, _, err := c.Hijack(); err == nil {
			t.Error("Hijack after the end")
		}
		if content, err := io.ReadAll(k.r.Body); len(content) > 0 || err == nil {
			t.Errorf("Read after the end: %q, %v", content, err)
		}
		if err := k.r.Body.Close(); err != nil { // which wakes whoever waits as this one did
			t.Error(err)
		}
		goOn <- true
		p.want("POST", 200, "good")
	}
}

// A handler that never returns holds up nobody else, and no longer than Grace the end of the server.
func TestStandardNeverReturns(t *testing.T) {
	release, inside := make(chan bool), make(chan bool, 1)
	s := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/never" {
			inside <- true
			<-release
		}
		io.WriteString(w, "done")
	}))})
	defer close(release)
	stuck := s.dial(t)
	stuck.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
	<-inside
	p := s.dial(t)
	for range 3 {
		p.send(get)
		p.want("GET", 200, "done")
	}
	var cut *serve.CutError
	if err := s.Close(); err != nil && !errors.As(err, &cut) {
		t.Error(err)
	}
	stuck.wantEnd()
}

// A server that is shut down while half of the clients wait for answers loses none of them.
func TestDrainWithHalfUnderWay(t *testing.T) {
	const clients = 64
	var begun sync.WaitGroup
	begun.Add(clients / 2)
	release := make(chan bool)
	var answered word.Int32
	mux := new(Mux)
	mux.HandleStandard("/slow", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		begun.Done()
		<-release
		io.WriteString(w, "slow")
		answered.Inc()
	}))
	mux.Handle("/fast", hello)
	s := start(t, Config{Handler: mux.Serve})
	var all []*peer
	for i := range clients {
		p := s.dial(t)
		all = append(all, p)
		p.send("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n")
		p.want("GET", 200, "Hello, World!")
		if i%2 == 0 {
			p.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
		}
	}
	begun.Wait()
	ended := make(chan bool)
	go func() {
		defer close(ended)
		s.Server.Shutdown(t.Context())
	}()
	for i, p := range all { // those that wait for nothing end
		if i%2 != 0 {
			p.wantEnd()
		}
	}
	close(release)
	for i, p := range all {
		if i%2 == 0 {
			if a := p.want("GET", 200, "slow"); !a.Close {
				t.Error("the last answer does not say close")
			}
			p.wantEnd()
		}
	}
	<-ended
	if n := answered.Load(); n != clients/2 {
		t.Errorf("%d of %d were answered", n, clients/2)
	}
}
