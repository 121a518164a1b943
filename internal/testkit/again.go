package testkit

import (
	"os"
	"os/exec"
)

// Again returns a command that runs a test of this program once more, in a process of its own that may change what
// belongs to a whole process, with these settings in its environment. Under the race detector the process ends at
// once, where it would sleep for a second.
func Again(test string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(append(os.Environ(), "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0"), env...)
	return cmd
}
