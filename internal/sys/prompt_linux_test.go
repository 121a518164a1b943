package sys_test

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/internal/sys"
)

func slack(t *testing.T) int {
	t.Helper()
	ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil {
		t.Skip("the system does not tell: ", err)
	}
	return ns
}

// A thread is prompt from Prompt on, and then as it was.
func TestPrompt(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := slack(t)
	restore := sys.Prompt()
	if ns := slack(t); ns != 1 {
		t.Errorf("it is woken up to %d ns late", ns)
	}
	restore()
	if ns := slack(t); ns != before {
		t.Errorf("it is woken up to %d ns late afterwards, before %d", ns, before)
	}
}
