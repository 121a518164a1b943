package testkit

import (
	"fmt"
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

// DescriptorsBack waits until no more than before are open: on the portable build package net closes a socket in its
// own time, when the last goroutine that reads or writes has let go of it.
func DescriptorsBack(t testing.TB, before int) {
	t.Helper()
	Until(t, fmt.Sprintf("no more than %d descriptors", before), func() bool { return Descriptors(t) <= before })
}
