package layers

import (
	"os/exec"
	"strings"
	"testing"
)

// inFrames are the constructors whose operations are larger than registers hold, and are made where
// they cost as much as what they wait for. Inlined, one builds the operation in the frame that
// holds it; called, it builds a copy on the stack, and another.
var inFrames = map[string][]string{
	"future/coord": {
		"(*Mutex).Lock", "(*RWLock).Read", "(*RWLock).Write", "(*Semaphore).Acquire", "(*Notify).Notified",
		"(*CancelToken).Cancelled", "(*Cond).Wait",
	},
	"reactor/clock": {"Sleep"},
	"reactor/netio": {"(*Conn).Read", "(*Conn).Write"},
}

func TestOperationsAreBuiltInPlace(t *testing.T) {
	for p, names := range inFrames {
		out, err := exec.Command("go", "build", "-gcflags=-m", "../../"+p).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, n := range names {
			if !strings.Contains(string(out), ": can inline "+n+"\n") {
				t.Errorf("%s: %s is not inlined", p, n)
			}
		}
	}
}
