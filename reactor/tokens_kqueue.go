//go:build (darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package reactor

import "github.com/magpie-go/magpie/internal/spin"

// tokenTable finds the token of a descriptor. A spin lock guards it: a look-up is a
// few instructions, and descriptors are added and removed rarely beside that.
type tokenTable struct {
	lock   spin.Lock
	tokens []uint64
}

func (t *tokenTable) set(fd int, token uint64) {
	t.lock.Lock()
	for fd >= len(t.tokens) {
		t.tokens = append(t.tokens, 0)
	}
	t.tokens[fd] = token
	t.lock.Unlock()
}

func (t *tokenTable) get(fd int) (token uint64) {
	t.lock.Lock()
	if fd < len(t.tokens) {
		token = t.tokens[fd]
	}
	t.lock.Unlock()
	return token
}
