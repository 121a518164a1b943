package engine

import (
	"errors"
	"io"
	"testing"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// one makes the next message, and expects it.
func one(e *echo) []byte {
	m, _ := e.next(1)
	e.expect(true)
	return m
}

// Of the 8-byte words of the messages of several connections no two are alike, but for
// the identity in front and the number behind it.
func TestEchoMessagesShareNothing(t *testing.T) {
	const connections, messages, size = 20, 20, 200
	seen := map[string][3]int{}
	for id := range connections {
		e := newEcho(uint64(id), size, 1)
		for number := range messages {
			m := one(e)
			for at := 16; at < size; at += 8 {
				word := string(m[at : at+8])
				if other, ok := seen[word]; ok {
					t.Fatalf("connection %d, message %d, byte %d has the same as %v", id, number, at, other)
				}
				seen[word] = [3]int{id, number, at}
			}
		}
	}
}

func TestEchoTakesWhatItSentInAnyPieces(t *testing.T) {
	e := newEcho(7, 83, 1)
	for piece := 1; piece <= 83; piece++ {
		reply := string(one(e)) + "x"
		for at := 0; ; {
			n, got, err := e.feed([]byte(reply[at:min(at+piece, len(reply))]))
			if err != nil {
				t.Fatal(err)
			}
			if at += n; got == answered {
				if at != 83 {
					t.Fatalf("by %d: done after %d bytes", piece, at)
				}
				break
			}
		}
	}
}

func TestEchoRefusesEveryWrongByte(t *testing.T) {
	for size := MinSize; size < MinSize+18; size++ {
		for at := range size {
			e := newEcho(7, size, 1)
			reply := append([]byte(nil), one(e)...)
			reply[at] ^= 0x10
			if _, _, err := e.feed(reply); !errors.Is(err, stats.ErrWrongEcho) {
				t.Errorf("byte %d of %d: %v", at, size, err)
			}
		}
	}
	// The message before.
	e := newEcho(7, 64, 1)
	old := append([]byte(nil), one(e)...)
	one(e)
	if _, _, err := e.feed(old); !errors.Is(err, stats.ErrWrongEcho) {
		t.Errorf("an old message: %v", err)
	}
}

func TestEchoEOF(t *testing.T) {
	e := newEcho(7, 64, 1)
	m := one(e)
	if err := e.eof(); err != io.EOF {
		t.Errorf("before the reply: %v", err)
	}
	if _, _, err := e.feed(m[:5]); err != nil {
		t.Fatal(err)
	}
	if err := e.eof(); err != io.ErrUnexpectedEOF {
		t.Errorf("in the reply: %v", err)
	}
}
