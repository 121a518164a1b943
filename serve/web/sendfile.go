package web

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// sending is an answer whose content is a file: the header, and then what the system sends.
type sending struct {
	w     *Response
	file  *openFile // nil: let go
	op    netio.SendFileOp
	begun bool // op is
	sent  int64
}

// Poll implements future.Future.
func (s *sending) Poll(cx *waker.Context) future.Poll[future.Unit] {
	w := s.w
	x := w.x
	if !s.begun {
		if !w.streams {
			w.begin()
		}
		pending, err := x.flush(cx)
		switch {
		case err != nil:
			s.letGo()
			return future.Failed[future.Unit](err)
		case pending:
			return future.Pending[future.Unit]()
		}
		s.begun = true
		s.op = x.c.Net().SendFile(s.file.f, 0, s.file.size)
	}
	p := s.op.Poll(cx)
	if n := s.op.Sent(); n > s.sent {
		s.sent = n
		x.c.progress()
	}
	if x.sends = p.IsPending(); x.sends {
		return future.Pending[future.Unit]()
	}
	s.letGo()
	if err := p.Err(); err != nil { // of the client, or the file has become shorter
		return future.Failed[future.Unit](err)
	}
	w.written = s.sent
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper.
func (s *sending) Drop() {
	if s.begun && s.file != nil {
		s.op.Drop()
	}
	s.letGo()
}

func (s *sending) letGo() {
	if f := s.file; f != nil {
		s.file = nil
		f.cache.letGo(f)
	}
}
