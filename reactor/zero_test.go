package reactor_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// What is zero or nil and can do nothing panics and says what it is; descriptor 0 stays.
func TestZeroValues(t *testing.T) {
	before, err := os.Stdin.Stat()
	if err != nil {
		t.Skip(err)
	}
	var cx waker.Context
	var ev reactor.Events
	for name, call := range map[string]func(){
		"Reactor":           func() { new(reactor.Reactor).Close() },
		"Reactor.Ask":       func() { new(reactor.Reactor).Ask(&ev) },
		"Reactor.AskAsPeer": func() { new(reactor.Reactor).AskAsPeer(&ev) },
		"Reactor.Park":      func() { new(reactor.Reactor).Park(&ev, 0) },
		"Reactor nil":       func() { (*reactor.Reactor)(nil).Close() },
		"Reactor.Unpark":    func() { (*reactor.Reactor)(nil).Unpark() },
		"Source":            func() { new(reactor.Source).Close() },
		"Source nil":        func() { (*reactor.Source)(nil).Close() },
		"Alarm":             func() { new(reactor.Alarm).Poll(&cx) },
		"Timer nil":         func() { (*reactor.Timer)(nil).Reset(time.Second) },
		"Timer.Stop":        func() { (*reactor.Timer)(nil).Stop() },
		"Timer.Poll":        func() { (*reactor.Timer)(nil).Poll(&cx) },
	} {
		func() {
			defer func() {
				message := fmt.Sprint(recover())
				if kind, _, _ := strings.Cut(strings.ReplaceAll(name, ".", " "), " "); !strings.Contains(message, "reactor: ") || !strings.Contains(message, kind) {
					t.Errorf("%s: %q", name, message)
				}
			}()
			call()
		}()
	}
	new(reactor.Timer).Stop()
	if after, err := os.Stdin.Stat(); err != nil || !os.SameFile(before, after) {
		t.Errorf("descriptor 0 is another file: %v", err)
	}
}
