package server

import (
	"bufio"
	"io"
	"net/http"
	"testing"
	"time"
)

// Every answer carries the time at which it was given, refusals and answers of a later
// second too.
func TestAnswersCarryTheDate(t *testing.T) {
	s := start(t, HTTP)
	c := dial(t, s)
	r := bufio.NewReader(c)
	seen := map[string]bool{}
	// Until the date has moved on twice, or for far longer than that takes.
	for begun := time.Now(); len(seen) < 3; time.Sleep(50 * time.Millisecond) {
		before := time.Now()
		send(t, c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		date := dateOf(t, r)
		at, err := http.ParseTime(date)
		if err != nil || at.After(time.Now()) || at.Before(before.Add(-time.Minute)) {
			t.Fatalf("date %q at %v, %v", date, before, err)
		}
		if seen[date] = true; time.Since(begun) > time.Minute {
			t.Fatalf("for a minute only the dates %v", seen)
		}
	}
	send(t, c, "nonsense\r\n")
	if _, err := http.ParseTime(dateOf(t, r)); err != nil {
		t.Errorf("a refusal's: %v", err)
	}
	mustStop(t, s)
}

func dateOf(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.Header.Get("Date")
}
