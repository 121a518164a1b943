package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"loadgen": main})
}

// The scripts in testdata/script run the program as a user does. Beside testscript's own
// commands they have:
//
//	serve [flags]  starts "loadgen serve" and sets $URL to where it serves, $TCP, $HTTP
//	               and $WS to the same as targets of those schemes
//	half [text]    opens a connection to it and sends the text, part of a request
//	quit           interrupts it, waits for its end, and leaves what it printed in
//	               serve.log and serve.err; "! quit" wants an exit code other than 0
//	shop [tls]     starts a server that gives tokens, and sets $SHOP to where it serves; with
//	               TLS it leaves its certificate in ca.pem
//	exits CODE ARGS…  runs a program that has to end with that exit code
//	interrupt ARGS…  runs loadgen with ARGS and a target, and interrupts it when 1000
//	               messages have been exchanged; what it prints is left in run.log
func TestScripts(t *testing.T) {
	var servers sync.Map // of *served, by *testscript.TestScript: scripts run in parallel
	dir, files := filepath.Join("testdata", "script"), []string(nil)
	if testing.Short() { // one for each engine, and one that is interrupted: the others differ in flags and what is printed
		for _, name := range []string{"http", "tls", "ws", "interrupt"} {
			files = append(files, filepath.Join(dir, name+".txtar"))
		}
		dir = ""
	}
	testscript.Run(t, testscript.Params{
		Dir:   dir,
		Files: files,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": func(ts *testscript.TestScript, _ bool, args []string) {
				s := startServer(ts, args)
				servers.Store(ts, s)
				ts.Setenv("URL", s.url)
				_, address, _ := strings.Cut(s.url, "://")
				ts.Setenv("TCP", "tcp://"+address)
				ts.Setenv("HTTP", "http://"+address)
				ts.Setenv("WS", "ws://"+address)
			},
			"quit": func(ts *testscript.TestScript, neg bool, _ []string) {
				v, _ := servers.Load(ts)
				s := v.(*served)
				err := s.stop()
				ts.Check(os.WriteFile(ts.MkAbs("serve.err"), s.errors.Bytes(), 0o644))
				if neg && err == nil {
					ts.Fatalf("serve ended with exit code 0")
				} else if !neg {
					ts.Check(err)
				}
				ts.Check(os.WriteFile(ts.MkAbs("serve.log"), s.output.Bytes(), 0o644))
			},
			"half": func(ts *testscript.TestScript, _ bool, args []string) {
				v, _ := servers.Load(ts)
				ts.Check(v.(*served).half(ts, strings.Join(args, " ")))
			},
			"interrupt": interrupt,
			"exits":     exits,
			"shop":      shop,
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got := strconv.Itoa(code); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// served is a running "loadgen serve".
type served struct {
	cmd    *exec.Cmd
	url    string
	output bytes.Buffer
	errors bytes.Buffer // what it says on standard error
	ended  chan error
}

func startServer(ts *testscript.TestScript, args []string) *served {
	cmd := exec.Command("loadgen", append([]string{"serve"}, args...)...)
	s := &served{cmd: cmd, ended: make(chan error, 1)}
	cmd.Dir, cmd.Stderr = ts.MkAbs("."), &s.errors
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	ts.Check(err)
	s.output.WriteString(first)
	url := regexp.MustCompile(`\S+://\S+`).FindString(first)
	if url == "" {
		ts.Fatalf("serve printed %q, without its address", first)
	}
	s.url = strings.TrimSuffix(url, "/")
	go func() {
		_, _ = io.Copy(&s.output, lines)
		s.ended <- cmd.Wait()
	}()
	return s
}

// half sends the begin of a request, and sees to it that the server has read it: the
// request before it is answered after that.
func (s *served) half(ts *testscript.TestScript, part string) error {
	u, err := url.Parse(s.url)
	if err != nil {
		return err
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		return err
	}
	ts.Defer(func() { _ = c.Close() })
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"+part); err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}

func (s *served) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return <-s.ended
}

// updateReadme writes the help into README.md anew.
var updateReadme = os.Getenv("UPDATE_README") != ""

// TestReadmeShowsTheHelp holds the blocks of README.md that begin with "$ loadgen … --help", or "$ loadgen help …",
// against what the program prints.
func TestReadmeShowsTheHelp(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme = bytes.ReplaceAll(readme, []byte("\r\n"), []byte("\n"))
	block := regexp.MustCompile("(?s)```\n\\$ loadgen ([a-z -]*--help|help [a-z]+)\n(.*?)```")
	shown := map[string]bool{}
	updated := block.ReplaceAllFunc(readme, func(b []byte) []byte {
		m := block.FindSubmatch(b)
		command := string(m[1])
		shown[command] = true
		text := printed(t, strings.Fields(command)...)
		if !updateReadme && string(m[2]) != text {
			t.Errorf("README.md shows another loadgen %s; UPDATE_README=1 go test writes it anew. The program prints:\n%s", command, text)
		}
		return []byte("```\n$ loadgen " + command + "\n" + text + "```")
	})
	for _, command := range pages {
		if !shown[command] {
			t.Errorf("README.md does not show loadgen %s", command)
		}
	}
	if updateReadme {
		if err := os.WriteFile("README.md", updated, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// pages are those of the help.
var pages = []string{
	"--help", "run --help", "agent --help", "find --help", "report --help", "compare --help", "serve --help", "demo --help",
	"help load", "help http", "help requests", "help protocol", "help tls", "help faults", "help output", "help verdict", "help agents",
}

func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := cli.Main(args, &out, &out); code != 0 {
		t.Errorf("loadgen %s: exit code %d", strings.Join(args, " "), code)
	}
	return out.String()
}

// Each page of the help fits a screen, and has an example.
func TestHelpFitsAScreen(t *testing.T) {
	for _, page := range slices.Concat(pages, []string{"completion --help", "man --help"}) {
		text := printed(t, strings.Fields(page)...)
		if n := strings.Count(text, "\n"); n > 24 {
			t.Errorf("loadgen %s has %d lines:\n%s", page, n, text)
		}
		for line := range strings.SplitSeq(text, "\n") {
			if len(line) > 80 {
				t.Errorf("loadgen %s is %d wide: %s", page, len(line), line)
			}
		}
		if !strings.Contains(text, "Example") {
			t.Errorf("loadgen %s has no example:\n%s", page, text)
		}
	}
}

// loadgen.1 is what "loadgen man" prints.
func TestManualPage(t *testing.T) {
	text := printed(t, "man")
	if updateReadme {
		if err := os.WriteFile("loadgen.1", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile("loadgen.1")
	if err != nil {
		t.Fatal(err)
	}
	if text != string(bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))) {
		t.Error("loadgen.1 is not what the program prints; UPDATE_README=1 go test writes it anew")
	}
}
