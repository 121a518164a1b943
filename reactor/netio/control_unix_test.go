//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio_test

import (
	goruntime "runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// socketSeen is the socket that a hook was called with.
type socketSeen struct {
	fd int
	st unix.Stat_t
}

func (s *socketSeen) look(t *testing.T, fd uintptr) {
	s.fd = int(fd)
	if err := unix.Fstat(s.fd, &s.st); err != nil {
		t.Error(err)
	}
}

// open reports whether it is open still: its number may be another one's by now.
func (s *socketSeen) open() bool {
	var now unix.Stat_t
	err := unix.Fstat(s.fd, &now)
	return err == nil && now.Dev == s.st.Dev && now.Ino == s.st.Ino
}

// A hook that panics, or ends its goroutine, leaves no descriptor open.
func TestHooksThatDoNotReturn(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	address := l.Addr().String()
	type hook = func(network, address string, fd uintptr) error
	for name, use := range map[string]func(h hook){
		"Dial": func(h hook) {
			f := future.Box(netio.DialConfig{Control: h}.Dial("tcp", address))
			defer future.Drop(f)
			_, _ = await[*netio.Conn](t, f)
		},
		"Dial of a Unix socket": func(h hook) {
			_, _ = await[*netio.Conn](t, future.Box(netio.DialConfig{Control: h}.Dial("unix", socketPath(t))))
		},
		"Listen":                  func(h hook) { _, _ = netio.ListenConfig{Control: h}.Listen("tcp", "127.0.0.1:0") },
		"Listen on a Unix socket": func(h hook) { _, _ = netio.ListenConfig{Control: h}.Listen("unix", socketPath(t)) },
		"ListenPacket":            func(h hook) { _, _ = netio.ListenConfig{Control: h}.ListenPacket("udp", "127.0.0.1:0") },
		"DialPacket":              func(h hook) { _, _ = netio.DialConfig{Control: h}.DialPacket("udp", address) },
		"ListenEach": func(h hook) {
			first := true
			_, _ = netio.ListenConfig{Control: func(network, address string, fd uintptr) error {
				if first {
					first = false
					return nil
				}
				return h(network, address, fd)
			}}.ListenEach("tcp", "127.0.0.1:0", 2)
		},
		"Listener.Control": func(h hook) {
			l, err := netio.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			_ = l.Control(func(fd uintptr) { _ = h("", "", fd) })
		},
	} {
		for how, end := range map[string]func(){"panics": func() { panic("broken") }, "ends its goroutine": goruntime.Goexit} {
			var seen socketSeen
			done := make(chan bool)
			go func() {
				defer close(done)
				defer func() { _ = recover() }()
				use(func(_, _ string, fd uintptr) error {
					seen.look(t, fd)
					end()
					return nil
				})
			}()
			<-done
			if seen.fd == 0 {
				t.Errorf("%s: the hook was not called", name)
			} else if seen.open() {
				t.Errorf("%s: the socket is still open after a hook that %s", name, how)
			}
		}
	}
}

// The listeners that were open before the one whose hook panics are closed too.
func TestHookOfALaterListenerPanics(t *testing.T) {
	var first socketSeen
	func() {
		defer func() { _ = recover() }()
		_, _ = netio.ListenConfig{Control: func(_, _ string, fd uintptr) error {
			if first.fd != 0 {
				panic("broken")
			}
			first.look(t, fd)
			return nil
		}}.ListenEach("tcp", "127.0.0.1:0", 2)
	}()
	if first.open() {
		t.Error("the first listener is open still")
	}
}
