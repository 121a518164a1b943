package testkit

import (
	"os"
	"os/exec"
)

// Again returns a command that runs a test of this program once more, in a process of its own that may change what
// belongs to a whole process, with these settings in its environment.
func Again(test string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = environ(env...)
	return cmd
}

// environ is the environment of a process that the tests start, with these settings. Under the race detector it ends
// at once, where it would sleep for a second.
func environ(env ...string) []string {
	return append(append(os.Environ(), "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0"), env...)
}
