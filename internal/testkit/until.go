package testkit

import (
	"testing"
	"time"
)

// Until waits for what comes by itself, and nobody tells of. The test fails if it does not within a minute.
func Until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within a minute: ", what)
		}
	}
}
