package server

// echoBuffer is the size of an echo connection's buffer: large enough that a bulk
// transfer is not all system calls, small enough for ten thousand connections.
const echoBuffer = 16 << 10

type echoHandler struct{ fails func() bool }

func (h echoHandler) handle(p, out []byte, _ *Counts) (n int, answer []byte, finish, linger bool) {
	answer = append(out, p...)
	if isTrue(h.fails) {
		answer[len(answer)-1] ^= 1
	}
	return len(p), answer, false, false
}

func (echoHandler) unfinished() bool { return false }
func (echoHandler) room(int) int     { return echoBuffer }
