package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"
	"go.uber.org/goleak"
)

// TestMain is the program itself if a test has started it as that.
func TestMain(m *testing.M) {
	if testkit.IsProgram(main) {
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
	p := testkit.StartProgram(t, "http", "-addr", "127.0.0.1:0", "-workers", "1")
	client := &http.Client{Transport: new(http.Transport)}
	if status, content := get(t, client, p.Addr+"/hello"); status != 200 || content != "Hello, World!" {
		t.Errorf("%d, %q", status, content)
	}
	defer client.CloseIdleConnections() // one that is idle does not hold it up
	p.Terminate(t)
	p.Wait(t)
}
