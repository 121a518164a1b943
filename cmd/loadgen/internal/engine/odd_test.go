package engine

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Replies that break the rules are failures that say what was wrong with which status;
// if lenience is asked for they are requests, and counted.
func TestRunTellsOddReplies(t *testing.T) {
	for _, f := range []struct {
		name, method, reply string
		want                []string
	}{
		{"204 with content", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", []string{"status 204 has no content", "5 bytes"}},
		{"304 with content", "GET", "HTTP/1.1 304 Not Modified\r\n\r\nhello", []string{"status 304 has no content", "5 bytes"}},
		{"HEAD with content", "HEAD", ok, []string{"status 200 to HEAD has no content", "2 bytes"}},
		{"longer than it says", "GET", ok + "!", []string{"status 200 was complete", "1 bytes"}},
	} {
		url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
			for r := bufio.NewReader(c); answer(c, r, f.reply); {
			}
		})
		c := config(t, url, 3)
		c.Method = f.method
		r := mustRun(t, t.Context(), newRuntime(t), c)
		example := r.ErrorExamples["bad_response"]
		if r.Errors["bad_response"] != 3 || r.Failed != 3 {
			t.Errorf("%s: errors %v", f.name, r.Errors)
		}
		for _, want := range f.want {
			if !strings.Contains(example, want) {
				t.Errorf("%s: told as %q, want %q in it", f.name, example, want)
			}
		}
		c.Lenient = true
		if r = mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 3 || r.Failed != 0 || r.Lenient != 3 {
			t.Errorf("%s, lenient: %d succeeded, errors %v, %d lenient", f.name, r.Succeeded, r.ErrorExamples, r.Lenient)
		}
	}
}

// What follows a reply may come only when the next request is out. It is told of the
// reply that it belongs to.
func TestRunTellsSurplusThatComesLate(t *testing.T) {
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		r := bufio.NewReader(c)
		if answer(c, r, "HTTP/1.1 204 No Content\r\n\r\n") && answer(c, r, "hello\r\n") {
			_, _ = io.Copy(io.Discard, c)
		}
	})
	c := config(t, url, 4)
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if example := r.ErrorExamples["bad_response"]; r.Errors["bad_response"] != 2 || r.Succeeded != 2 ||
		!strings.Contains(example, `status 204 has no content, and "hello\r\n" followed it`) {
		t.Errorf("%d succeeded, errors %v", r.Succeeded, r.ErrorExamples)
	}
	c.Lenient = true
	r = mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != 4 || r.Failed != 0 || r.Lenient != 3 {
		t.Errorf("lenient: %d succeeded, errors %v, %d lenient", r.Succeeded, r.ErrorExamples, r.Lenient)
	}
}

func TestRunMaxHead(t *testing.T) {
	reply := "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 200<<10) + "\r\nContent-Length: 2\r\n\r\nok"
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		for r := bufio.NewReader(c); answer(c, r, reply); {
		}
	})
	c := config(t, url, 3)
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if example := r.ErrorExamples["bad_response"]; r.Failed != 3 || !strings.Contains(example, "status 200") || !strings.Contains(example, "--max-header") {
		t.Errorf("errors %v", r.ErrorExamples)
	}
	c.MaxHead = 300 << 10
	if r = mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 3 || r.Failed != 0 {
		t.Errorf("%d succeeded, errors %v", r.Succeeded, r.ErrorExamples)
	}
}

// What is under way at the end is counted with its age, and is no error.
func TestRunTellsWhatIsUnderWay(t *testing.T) {
	c := config(t, "tcp://"+serve(t, func(_ int, c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }), 0)
	c.Duration, c.Timeout, c.Connections = 100*time.Millisecond, time.Hour, 20
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Failed != 0 || r.AtEnd.Requests+r.AtEnd.Connecting != 20 || r.AtEnd.Requests > 0 && (r.AtEnd.Oldest <= 0 || r.AtEnd.Oldest > r.Duration+int64(time.Second)) {
		t.Errorf("%+v", r)
	}
	// Not that which was begun for the warm-up, and nothing if all were asked for.
	c.Duration, c.Requests = 0, 5
	c.Target = config(t, "tcp://"+serve(t, copyBack), 5).Target
	if r = mustRun(t, t.Context(), newRuntime(t), c); r.Requests != 5 || r.AtEnd.Requests+r.AtEnd.Connecting != 0 {
		t.Errorf("%+v", r)
	}
}
