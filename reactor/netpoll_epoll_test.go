//go:build linux && !portable

package reactor_test

import (
	"testing"

	"github.com/magpie-go/magpie/reactor"
)

// Many tests leave themselves out where descriptors cannot be waited for.
func TestDescriptorsAreWaitedFor(t *testing.T) {
	if !reactor.Descriptors {
		t.Error("not with epoll")
	}
}
