//go:build unix && !portable

package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/testkit"
)

// asProgram has the test program be the program itself, and so its successors.
const asProgram = "RESTART_TEST"

func TestMain(m *testing.M) {
	if addr, is := os.LookupEnv(asProgram); is {
		os.Args = []string{os.Args[0], "-addr", addr}
		main()
		return
	}
	os.Exit(m.Run())
}

// ask returns what answers.
func ask(c *http.Client, url string) (string, error) {
	r, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	content, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != 200 {
		err = fmt.Errorf("answered with %s", r.Status)
	}
	return string(content), err
}

// The program is replaced three times under load, of clients that keep their connections and of others that make a new one for
// each request, and every request is answered.
func TestReplacedUnderLoad(t *testing.T) {
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asProgram+"=127.0.0.1:0", "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0")
	cmd.Stdout, cmd.Stderr = in, os.Stderr
	err = cmd.Start()
	in.Close()
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan error, 1)
	go func() { first <- cmd.Wait() }()
	last := cmd.Process.Pid
	out.SetReadDeadline(time.Now().Add(time.Minute))
	lines := bufio.NewScanner(out)
	next := func() (url string) { // waits for the process that listens next
		t.Helper()
		if !lines.Scan() {
			t.Fatal("nobody listens: ", lines.Err())
		}
		if _, err := fmt.Sscanf(lines.Text(), "restart: process %d listens on %s", &last, &url); err != nil {
			t.Fatalf("it said %q: %v", lines.Text(), err)
		}
		return url
	}
	defer func() { syscall.Kill(last, syscall.SIGKILL) }()
	url := next()

	var stop atomic.Bool
	var answered atomic.Int64
	var clients sync.WaitGroup
	defer func() { stop.Store(true); clients.Wait() }()
	who := sync.Map{}
	for i := range 4 {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 0}, Timeout: time.Minute}
		clients.Go(func() {
			defer client.CloseIdleConnections()
			for !stop.Load() {
				content, err := ask(client, url)
				if err != nil {
					t.Errorf("after %d answers: %v", answered.Load(), err)
					return
				}
				who.Store(content, true)
				answered.Add(1)
			}
		})
	}
	load := func() { // until the last process has its share of it
		t.Helper()
		until := answered.Load() + 100
		testkit.Until(t, "it answers", func() bool {
			_, answers := who.Load(fmt.Sprintf("this is process %d\n", last))
			return answers && answered.Load() >= until || t.Failed()
		})
	}
	for range 3 {
		load()
		if err := syscall.Kill(last, syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		next()
	}
	load()
	stop.Store(true)
	clients.Wait()
	if err := <-first; err != nil {
		t.Errorf("the first process ended with %v", err)
	}
	if err := syscall.Kill(last, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	for lines.Scan() { // to the end of all of them
		t.Errorf("it said %q as well", lines.Text())
	}
	if err := lines.Err(); err != nil {
		t.Error("they go on: ", err)
	}
	n := 0
	who.Range(func(content, _ any) bool {
		if n++; !strings.HasPrefix(content.(string), "this is process ") {
			t.Errorf("answered with %q", content)
		}
		return true
	})
	if t.Logf("%d answers of %d processes", answered.Load(), n); n != 4 {
		t.Errorf("%d processes have answered", n)
	}
}
