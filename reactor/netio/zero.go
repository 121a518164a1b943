package netio

// What the zero values and nil pointers say that can do nothing else.
const (
	zeroConn     = "netio: a nil or zero Conn: connections come from Dial and Listener.Accept"
	zeroListener = "netio: a nil or zero Listener: listeners come from Listen"
	zeroGoConn   = "netio: a nil or zero GoConn or GoListener: make one with NewGoConn or NewGoListener"
	zeroStream   = "netio: a nil or zero Stream: make one with NewStream"
)

const (
	zeroPipeReader = "netio: a nil or zero PipeReader: Pipe, OpenPipeReader and NewPipeReader make them"
	zeroPipeWriter = "netio: a nil or zero PipeWriter: Pipe, OpenPipeWriter and NewPipeWriter make them"
)

// mustBe panics unless an operation is there.
func mustBe(there bool, what string) {
	if !there {
		panic("netio: a nil or zero " + what + ": Conn, Listener and Dial make them")
	}
}
