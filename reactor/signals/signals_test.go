package signals_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/reactor/signals"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What can do nothing says so.
func TestZeroValues(t *testing.T) {
	var cx waker.Context
	for name, call := range map[string]func(){
		"Notify":       func() { signals.Notify() },
		"Once":         func() { signals.Once(os.Signal(nil)) },
		"OnceOp":       func() { new(signals.OnceOp).Poll(&cx) },
		"nil OnceOp":   func() { (*signals.OnceOp)(nil).Drop() },
		"Stream":       func() { new(signals.Stream).PollNext(&cx) },
		"Stream Drop":  func() { new(signals.Stream).Drop() },
		"nil Stream":   func() { (*signals.Stream)(nil).PollNext(&cx) },
		"Stream pause": func() { (*signals.Stream)(nil).StopWaiting() },
	} {
		func() {
			defer func() {
				what, _, _ := strings.Cut(strings.TrimPrefix(name, "nil "), " ")
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "signals: ") || !strings.Contains(got, what) {
					t.Errorf("%s: %s", name, got)
				}
			}()
			call()
		}()
	}
	new(signals.OnceOp).Drop() // there is nothing to give back
}
