package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
)

// Hijack implements http.Hijacker: from then on the connection, a *net.TCPConn, is the caller's.
func (w *standardWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.lock.Lock()
	err := w.mayHijack()
	w.lock.Unlock()
	if err == nil && w.s.body != nil {
		err = w.s.body.Close() // nobody reads beside the caller
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	if err == nil {
		err = w.mayHijack()
	}
	if err != nil {
		return nil, nil, err
	}
	if w.wrote { // a 101 is, by some
		w.begin(nil)
		w.flush()
	}
	a := w.ask(asksHandOver)
	w.isHijacked = true
	if a.err != nil {
		return nil, nil, a.err
	}
	x := w.s.x
	rest := append(bytes.Clone(x.piece), x.in[x.r:]...)
	in := bufio.NewReader(io.MultiReader(bytes.NewReader(rest), a.conn))
	if len(rest) > 0 {
		_, _ = in.Peek(len(rest)) // so that Buffered says how much there is
	}
	return a.conn, bufio.NewReadWriter(in, bufio.NewWriter(a.conn)), nil
}

func (w *standardWriter) mayHijack() error {
	switch {
	case w.ended:
		return errEnded
	case w.isHijacked:
		return http.ErrHijacked
	case w.s.x.c.Secure() != nil:
		return fmt.Errorf("web: Hijack under TLS: %w", http.ErrNotSupported)
	}
	return nil
}
