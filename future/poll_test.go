package future_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
)

// What a Poll says where it is, is what a copy of it says.
func TestPollSaysTheSameInPlace(t *testing.T) {
	wrong := errors.New("wrong")
	for name, p := range map[string]future.Poll[string]{
		"pending": future.Pending[string](), "ready": future.Ready("v"),
		"failed": future.Failed[string](wrong), "both": future.Done("v", wrong),
	} {
		v, err := p.Outcome()
		if w, e := p.Result(); p.Waits() != p.IsPending() || v != w || err != e || p.Failure() != p.Err() {
			t.Errorf("%s: Waits %t, Outcome %q, %v; IsPending %t, Result %q, %v", name, p.Waits(), v, err, p.IsPending(), w, e)
		}
	}
}
