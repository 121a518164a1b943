package fileio

import "io"

// What a goroutine of the pool does for polls, and to put in order what they have left. The protocol
// stands in poll.go.

// fill reads into the buffer what a PollRead has asked for, unless there is something in it.
func (f *File) fill(want int) {
	pl := f.polled.Load()
	if f.kind.Load() == regular {
		f.flush()
	}
	in := &pl.in
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.holds() {
		return
	}
	if cap(in.buf) < want {
		in.buf = make([]byte, want)
	}
	n, err := f.f.Read(in.buf[:want])
	in.deposit(in.buf[:n], pathError("read", f.f, err))
}

// read is f.f.Read after what PollRead has left.
func (f *File) read(p []byte) (int, error) {
	pl := f.polled.Load()
	if pl == nil || f.kind.Load() == regular || len(p) == 0 {
		f.settle()
		return f.f.Read(p)
	}
	pl.in.mu.Lock()
	defer pl.in.mu.Unlock()
	if n, ok, err := pl.in.take(p); ok {
		return n, err
	}
	return f.f.Read(p)
}

// flush writes what PollWrite has taken.
func (f *File) flush() { f.order(false) }

// settle puts in order what polls have left, for an operation that uses the one offset of a regular
// file, or asks for its size.
func (f *File) settle() {
	if f.kind.Load() == regular {
		f.order(true)
	}
}

// order writes what PollWrite has taken. In a regular file that is for where the reader stands, so what it
// has not been given is given back first: as fill writes before it reads, that was read before this was
// taken. With back it is given back in any case.
func (f *File) order(back bool) {
	pl := f.polled.Load()
	if pl == nil {
		return
	}
	pl.out.mu.Lock()
	defer pl.out.mu.Unlock()
	data := pl.out.drop()
	if back || len(data) > 0 && f.kind.Load() == regular {
		f.giveBack(&pl.in)
	}
	if len(data) > 0 {
		_, err := f.f.Write(data)
		pl.out.deposit(nil, pathError("write", f.f, err))
	}
}

// giveBack sets the offset back by what was read and not handed out.
func (f *File) giveBack(in *side) {
	in.mu.Lock()
	defer in.mu.Unlock()
	ahead := in.drop()
	in.deposit(nil, nil) // the end of the file may be elsewhere by now
	if len(ahead) > 0 {
		_, _ = f.f.Seek(-int64(len(ahead)), io.SeekCurrent)
	}
}

// written writes what PollWrite has taken, and returns an error that nobody has been told of.
func (f *File) written() error {
	f.order(f.kind.Load() == regular)
	if pl := f.polled.Load(); pl != nil {
		return pl.out.failure()
	}
	return nil
}

// closeLater closes the file, if there is one, for a call that was given up, off the thread that calls it. What PollWrite has taken for a
// regular file is written before: the call that was to do so may stand in the line of the pool, and would find the file closed. For
// somebody who reads a pipe that may be for ever, so there it is not waited for.
func (f *File) closeLater() {
	if f.file() == nil {
		return
	}
	go func() {
		if f.know(); f.kind.Load() == regular {
			f.flush()
		}
		_ = f.f.Close()
	}()
}

// holds reports whether there is something to take.
func (s *side) holds() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.data) > 0 || s.err != nil
}

// take hands out what was read, or else the error after it, once; not ok: there is neither.
func (s *side) take(p []byte) (n int, ok bool, err error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.data) > 0 {
		n = copy(p, s.data)
		s.data = s.data[n:]
		return n, true, nil
	}
	err, s.err = s.err, nil
	return 0, err != nil, err
}

// failure returns the error of what was written, once.
func (s *side) failure() error {
	_, _, err := s.take(nil)
	return err
}

// put takes what is to be written, for the poller. The call that wrote the last of it is over, and with
// it whoever had the buffer.
func (s *side) put(p []byte) {
	buf := append(s.buf[:0], p...)
	s.lock.Lock()
	defer s.lock.Unlock()
	s.buf, s.data = buf, buf
}

// drop returns the bytes of the side, which has none then.
func (s *side) drop() (data []byte) {
	s.lock.Lock()
	defer s.lock.Unlock()
	data, s.data = s.data, nil
	return data
}

// deposit leaves what a system call came to.
func (s *side) deposit(data []byte, err error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.data, s.err = data, err
}
