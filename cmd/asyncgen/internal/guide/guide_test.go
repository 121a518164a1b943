// Package guide tests docs/guide.md: each of its steps, taken from the page, builds and does what it says.
package guide_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/compile"
	"github.com/magpie-go/magpie/cmd/asyncgen/internal/corpus"
)

const patience = time.Minute

// step is a step of the guide.
type step struct {
	name   string
	files  map[string]string // those of the steps before, too
	prints string            // what the page says that it prints
}

var (
	heading = regexp.MustCompile(`(?m)^## (\d+)\. `)
	file    = regexp.MustCompile("(?s)`([a-z]+\\.go)`:\n\n```go\n(.*?)```")
	output  = regexp.MustCompile("(?s)```text\n(.*?)```")
)

// steps reads the guide. A step without expected output is one with a server: it begins anew.
func steps(t *testing.T) (all []step) {
	t.Helper()
	page, err := os.ReadFile("../../../../docs/guide.md")
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(page), "## Where to go on")
	at := heading.FindAllStringSubmatchIndex(text, -1)
	files := map[string]string{}
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		part := text[m[0]:end]
		s := step{name: "step" + text[m[2]:m[3]]}
		for _, f := range file.FindAllStringSubmatch(part, -1) {
			files[f[1]] = f[2]
		}
		s.files = maps.Clone(files)
		if o := output.FindStringSubmatch(part); o != nil {
			s.prints = o[1]
		}
		all = append(all, s)
	}
	return all
}

func TestGuide(t *testing.T) {
	all := steps(t)
	if len(all) != 10 {
		t.Fatalf("the guide has %d steps", len(all))
	}
	dir := t.TempDir()
	sources := fstest.MapFS{}
	for _, s := range all {
		for name, text := range s.files {
			sources[s.name+"/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	if err := corpus.WriteModule(dir, sources); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if err := compile.Run(compile.Options{Dir: dir, Patterns: []string{"./..."}, Strict: true, Out: &out, Err: &errs}); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	if out, err := corpus.Go(dir, "build", "-o", bin, "./..."); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	conversations := map[string]func(*testing.T, *server){
		"step5": echoes, "step6": everybody, "step7": names, "step8": talkInRooms, "step9": talkInRooms, "step10": goodbye,
	}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			program := filepath.Join(bin, s.name)
			if talk := conversations[s.name]; talk != nil {
				talk(t, start(t, program))
				if s.name == "step10" {
					silence(t, start(t, program, "-silence=10ms"))
				}
				return
			}
			out, err := exec.Command(program).CombinedOutput()
			if err != nil || string(out) != s.prints {
				t.Errorf("it prints\n%s%v, and the guide says\n%s", out, err, s.prints)
			}
		})
	}
}

// server is a program that listens.
type server struct {
	cmd  *exec.Cmd
	addr string
	out  *bufio.Reader
}

func start(t *testing.T, program string, args ...string) *server {
	t.Helper()
	s := &server{cmd: exec.Command(program, append([]string{"-addr", "127.0.0.1:0"}, args...)...)}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	})
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	s.addr = strings.TrimPrefix(strings.TrimSpace(line), "listening on ")
	return s
}

// person is a client.
type person struct {
	t *testing.T
	c net.Conn
	r *bufio.Reader
}

func (s *server) person(t *testing.T) *person {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &person{t, c, bufio.NewReader(c)}
}

func (p *person) says(lines ...string) {
	p.t.Helper()
	for _, l := range lines {
		if _, err := fmt.Fprintln(p.c, l); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *person) hears(lines ...string) {
	p.t.Helper()
	for _, want := range lines {
		got, err := p.r.ReadString('\n')
		if strings.TrimSuffix(got, "\n") != want {
			p.t.Fatalf("heard %q, %v; want %q", got, err, want)
		}
	}
}

func (p *person) hearsTheEnd() {
	p.t.Helper()
	if rest, err := io.ReadAll(p.r); len(rest) != 0 || err != nil {
		p.t.Fatalf("heard %q, %v; want the end", rest, err)
	}
}

func echoes(t *testing.T, s *server) {
	a, b := s.person(t), s.person(t)
	a.says("one", "two")
	b.says("three")
	a.hears("one", "two")
	b.hears("three")
}

func everybody(t *testing.T, s *server) {
	a, b := s.person(t), s.person(t)
	a.hears("welcome")
	b.hears("welcome")
	a.says("from a")
	b.hears("from a")
	b.says("from b")
	a.hears("from b")
}

// in is a person who has answered the questions, and whom those before have heard come in.
func in(t *testing.T, s *server, answers []string, before ...*person) *person {
	t.Helper()
	p := s.person(t)
	for i, question := range []string{"your name?", "which room?"}[:len(answers)] {
		p.hears(question)
		p.says(answers[i])
	}
	for _, b := range append(before, p) {
		b.hears(answers[0] + " comes in")
	}
	return p
}

func names(t *testing.T, s *server) {
	a := in(t, s, []string{"Ada"})
	b := in(t, s, []string{"Bob"}, a)
	a.says("good day")
	b.hears("Ada says: good day")
	b.c.Close()
	a.hears("Ada says: good day", "Bob leaves")
}

func talkInRooms(t *testing.T, s *server) {
	a := in(t, s, []string{"Ada", "one"})
	b := in(t, s, []string{"Bob", "one"}, a)
	c := in(t, s, []string{"Cleo", "two"})
	a.says("hello")
	for _, p := range []*person{a, b} {
		p.hears("Ada says: hello")
	}
	b.c.Close()
	a.hears("Bob leaves")
	d := in(t, s, []string{"Dan", "two"}, c)
	d.says("is anybody here?")
	c.hears("Dan says: is anybody here?")
}

func goodbye(t *testing.T, s *server) {
	talkInRooms(t, s)
	a := in(t, s, []string{"Eve", "three"})
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Skip("no interrupts here:", err)
	}
	a.hears("the server goes down, goodbye")
	a.hearsTheEnd()
	rest, err := io.ReadAll(s.out)
	if err != nil || !strings.HasPrefix(string(rest), "goodbye:") {
		t.Errorf("it prints %q, %v", rest, err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func silence(t *testing.T, s *server) {
	p := in(t, s, []string{"Zoe", "one"})
	p.hears("is anybody there? goodbye")
	p.hearsTheEnd()
}
