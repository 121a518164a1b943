package web

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
)

// folder makes a folder with a small file and a large one, and what answers with them.
func folder(t *testing.T) (files *fileCache, dir string, large []byte) {
	dir = t.TempDir()
	large = bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	for name, content := range map[string][]byte{"small.txt": []byte("small"), "large.bin": large} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return newFileCache(root), dir, large
}

// known has a file be taken for what it was for some hours, and returns it.
func (c *fileCache) known(t *testing.T, name string) *openFile {
	t.Helper()
	c.lock.Lock()
	defer c.lock.Unlock()
	f := c.open[name]
	if f == nil {
		t.Fatalf("%s is not known after it was sent", name)
	}
	f.checked += 10_000
	return f
}

func (p *peer) get(path string) answer {
	p.t.Helper()
	p.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
	return p.read("GET")
}

// A file that was sent a moment ago is sent without a goroutine: also when there is none to be had.
func TestKnownFilesNeedNoGoroutine(t *testing.T) {
	files, _, large := folder(t)
	pool := new(future.BlockingPool)
	s := start(t, Config{Handler: files.handler(""), Pool: pool})
	p := s.dial(t)
	for name, content := range map[string]string{"/small.txt": "small", "/large.bin": string(large)} {
		if a := p.get(name); a.content != content {
			t.Fatalf("%s: %d, %d bytes", name, a.StatusCode, len(a.content))
		}
		files.known(t, name)
	}
	pool.Close()
	for range 3 {
		p.send(strings.Repeat("GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n", 5))
		for range 5 {
			if a, b := p.read("GET"), p.read("GET"); a.content != "small" || b.content != string(large) {
				t.Fatalf("%d, %q; %d, %d bytes", a.StatusCode, a.content, b.StatusCode, len(b.content))
			}
		}
	}
	if a := p.get("/none"); a.StatusCode != 500 {
		t.Errorf("status %d without a goroutine", a.StatusCode)
	}
	if f := files.open["/large.bin"]; f.users != 0 {
		t.Errorf("%d still send it", f.users)
	}
}

// A file that is replaced is noticed when it is looked at again, and what is being sent goes on.
func TestFilesThatChange(t *testing.T) {
	files, dir, large := folder(t)
	s := start(t, Config{Handler: files.handler("")})
	p := s.dial(t)
	p.get("/large.bin")
	before := files.known(t, "/large.bin")
	if files.take([]byte("/large.bin"), before.checked) != before {
		t.Fatal("it is not known")
	}
	newer := filepath.Join(dir, "newer")
	if err := os.WriteFile(newer, []byte("newer"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(newer, filepath.Join(dir, "large.bin")); err != nil {
		t.Fatal(err)
	}
	files.lock.Lock()
	before.checked = 0
	files.lock.Unlock()
	if a := p.get("/large.bin"); a.content != "newer" {
		t.Fatalf("%d bytes", len(a.content))
	}
	got := make([]byte, len(large))
	if n, err := before.f.ReadAt(got, 0); n != len(large) {
		t.Errorf("the file that is being sent was closed: %v", err)
	}
	files.letGo(before)
	if _, err := before.f.Stat(); err == nil {
		t.Error("the file that nobody sends any longer is open")
	}
	files.known(t, "/large.bin")
	if a := p.get("/large.bin"); a.content != "newer" {
		t.Fatalf("%d bytes", len(a.content))
	}
}

// A client that resets the connection in the middle, and one that never reads, leave no file behind.
func TestFilesAreLetGo(t *testing.T) {
	files, _, _ := folder(t)
	s := start(t, Config{Handler: files.handler(""), WriteTimeout: 50 * time.Millisecond})
	s.dial(t).get("/large.bin")
	f := files.known(t, "/large.bin")
	for i := range 20 {
		p := s.dial(t)
		p.send(strings.Repeat("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n", 20))
		if i%2 == 0 {
			if _, err := p.r.Peek(1); err != nil {
				t.Fatal(err)
			}
			p.Close()
		}
	}
	for until := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		files.lock.Lock()
		users := f.users
		files.lock.Unlock()
		if users == 0 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%d still send the file", users)
		}
	}
}

// Few files stay open, those of which nobody asks for none.
func TestFilesAreSwept(t *testing.T) {
	files, dir, _ := folder(t)
	s := start(t, Config{Handler: files.handler("")})
	p := s.dial(t)
	for i := range maxOpenFiles + 10 {
		name := fmt.Sprintf("f%d", i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		if a := p.get("/" + name); a.content != name {
			t.Fatalf("%s: %q", name, a.content)
		}
	}
	files.lock.Lock()
	open := len(files.open)
	files.lock.Unlock()
	if open > maxOpenFiles || open == 0 {
		t.Errorf("%d files are known", open)
	}
	files.sweep(time.Now().Unix() + 1000)
	files.lock.Lock()
	defer files.lock.Unlock()
	if len(files.open) != 0 {
		t.Errorf("%d files are known that nobody asks for", len(files.open))
	}
}
