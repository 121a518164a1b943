package server

// echoBuffer is the size of an echo connection's buffer: large enough that a bulk
// transfer is not all system calls, small enough for ten thousand connections.
const echoBuffer = 16 << 10

type echoHandler struct{}

func (echoHandler) handle(p, out []byte, _ *Counts) (n int, answer []byte, finish, linger bool) {
	return len(p), append(out, p...), false, false
}

func (echoHandler) unfinished() bool { return false }
func (echoHandler) room(int) int     { return echoBuffer }
