package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is the program itself if a test has started it as that.
func TestMain(m *testing.M) {
	if os.Getenv("BE_THE_SERVER") != "" {
		os.Args = append(os.Args[:1], strings.Fields(os.Getenv("BE_THE_SERVER"))...)
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// get asks and returns status and content.
func get(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	content, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(content)
}

func TestAnswers(t *testing.T) {
	folder := t.TempDir()
	large := strings.Repeat("0123456789", 20_000)
	if err := os.WriteFile(filepath.Join(folder, "large.txt"), []byte(large), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, "127.0.0.1:0", 2, folder, in)
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal(<-ended)
	}
	_, url, _ := strings.Cut(lines.Text(), "listening on ")
	client := &http.Client{Transport: new(http.Transport)}
	for _, c := range []struct {
		path    string
		status  int
		content string
	}{
		{"/hello", 200, "Hello, World!"},
		{"/users/7", 200, "{\"id\":7}\n"},
		{"/users/me", 400, "a user's id is a number\n"},
		{"/files/large.txt", 200, large},
		{"/files/none", 404, "404 page not found\n"},
		{"/nowhere", 404, "404 page not found\n"},
	} {
		if status, content := get(t, client, url+c.path); status != c.status || content != c.content {
			t.Errorf("%s: %d, %.40q of %d bytes", c.path, status, content, len(content))
		}
	}
	if status, content := get(t, client, url+"/std/x"); status != 200 || !strings.HasPrefix(content, "GET /std/x, asked by 127.0.0.1:") {
		t.Errorf("/std/x: %d, %q", status, content)
	}
	client.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	out.Close()
}

// On SIGTERM the program drains, and ends with code 0.
func TestSIGTERM(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGTERM")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BE_THE_SERVER=-addr 127.0.0.1:0 -workers 1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("it did not say where it listens")
	}
	_, url, _ := strings.Cut(lines.Text(), "listening on ")
	client := &http.Client{Transport: new(http.Transport)}
	if status, content := get(t, client, url+"/hello"); status != 200 || content != "Hello, World!" {
		t.Errorf("%d, %q", status, content)
	}
	defer client.CloseIdleConnections() // one that is idle does not hold it up
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if lines.Scan() {
		t.Errorf("more than one line: %q", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
