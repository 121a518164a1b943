//go:build (linux || darwin || freebsd) && amd64 && !portable

package netio

import (
	"testing"
	"unsafe"
)

func TestIdleConnIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(Conn{}); n > 128 {
		t.Errorf("a Conn is %d bytes; idle connections should cost 128 at most", n)
	} else {
		t.Logf("a Conn is %d bytes, its deadlines %d", n, unsafe.Sizeof(deadlines{}))
	}
}
