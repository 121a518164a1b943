package server

import (
	"io"
	"net"
	"testing"
	"time"
)

func TestParseStall(t *testing.T) {
	s, err := ParseStall("100ms/1s")
	if err != nil || s != (Stall{100 * time.Millisecond, time.Second}) {
		t.Errorf("%v, %v", s, err)
	}
	for _, text := range []string{"", "1s", "1s/1s", "2s/1s", "0s/1s", "-1s/1s", "x/1s", "1s/x"} {
		if s, err := ParseStall(text); err == nil {
			t.Errorf("%q was read as %v", text, s)
		}
	}
	for at, left := range map[time.Duration]time.Duration{0: 0, 899: 0, 900: 100, 950: 50, 999: 1, 1000: 0, 1900: 100} {
		if got := s.left(at * time.Millisecond); got != left*time.Millisecond {
			t.Errorf("after %d ms it stands still for %v, want %d ms", at, got, left)
		}
	}
}

// Whoever asks again and again meets the stall, waits for its end, and is answered.
func TestStalledServerAnswersAfterwards(t *testing.T) {
	s, err := Listen(newRuntime(t), Config{Stall: Stall{50 * time.Millisecond, 100 * time.Millisecond}}, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	c, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	longest := time.Duration(0)
	for begin := time.Now(); time.Since(begin) < 350*time.Millisecond; {
		asked := time.Now()
		b := []byte("hello")
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, b); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(asked))
	}
	if longest < 25*time.Millisecond {
		t.Errorf("nobody waited longer than %v", longest)
	}
}
