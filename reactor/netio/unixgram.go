package netio

import "net"

// Datagrams of Unix sockets. A socket of them is a Conn: reading and writing move one datagram each, and [Conn.ReadMessage] tells who has
// sent one, and takes what comes with it. One that is bound, but not connected, sends by [Conn.WriteMessageTo].

// unixgramError wraps what went wrong before there was a socket.
func unixgramError(op, name string, err error) error {
	e := &net.OpError{Op: op, Net: "unixgram", Err: err}
	if name != "" {
		e.Addr = &net.UnixAddr{Name: name, Net: "unixgram"}
	}
	return e
}
