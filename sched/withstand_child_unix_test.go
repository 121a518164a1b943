//go:build unix

package sched_test

import (
	"os"
	"os/exec"
	"testing"
)

// child runs the calling test once more, in a process of its own that may change what
// belongs to the whole process, and reports whether this is that process. With env it
// starts with these settings too.
func child(t *testing.T, env ...string) bool {
	t.Helper()
	const mark = "MAGPIE_CHILD"
	if os.Getenv(mark) == t.Name() {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(append(os.Environ(), mark+"="+t.Name()), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if testing.Verbose() {
		t.Logf("%s", out)
	}
	return false
}
