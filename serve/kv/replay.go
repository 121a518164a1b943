package kv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"

	"github.com/magpie-go/magpie/wire/resp"
)

// Recovery is what was found in a log.
type Recovery struct {
	Commands int   // that were replayed
	Bytes    int64 // that they took
	// Cut is how many bytes at the end were no whole command, or a transaction without its end: what a crash leaves.
	// They were cut off. If they have commands in them, as behind a length that is damaged, New fails instead.
	Cut int64
}

// replay is what is known of a log while it is replayed. Nothing expires by the clock: what had expired was logged as
// deleted.
type replay struct {
	Recovery
	name   string
	call   *call
	reader resp.Reader
	limits resp.Limits
	pos    int64 // of the next command
	open   int64 // of a transaction's begin that has no end yet; -1: there is none
	inOpen int   // commands since then
}

// logLimits returns those of the commands in a log. It may have larger ones than a client may send: a string that has grown by APPEND, a
// SET with the time that SETEX has set; or the limits were others when it was written.
func (kv *Server) logLimits() resp.Limits {
	return resp.Limits{Args: math.MaxInt32, Bulk: max(kv.config.Limits.Bulk, resp.MaxBulk), Total: math.MaxInt}
}

// checkRegular refuses what a log cannot be: a pipe would be read for ever, and a device keeps nothing.
func checkRegular(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("kv: the log cannot be opened: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("kv: the log %s is %v; it has to be a regular file", file.Name(), info.Mode())
	}
	return nil
}

// load replays a log, and cuts off a tail that is incomplete.
func (kv *Server) load(name string) (Recovery, error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return Recovery{}, nil
	}
	if err != nil {
		return Recovery{}, fmt.Errorf("kv: the log cannot be opened: %w", err)
	}
	defer file.Close()
	if err := checkRegular(file); err != nil {
		return Recovery{}, err
	}
	c := kv.call()
	defer c.free()
	c.loads = true
	c.s = &session{authorized: true}
	r := replay{name: name, call: c, open: -1, limits: kv.logLimits()}
	var buf []byte
	for atEnd := false; !atEnd; {
		buf = slices.Grow(buf, max(64<<10, min(r.reader.Need()-len(buf), 1<<24)))
		n, err := file.Read(buf[len(buf):cap(buf)])
		if atEnd = err == io.EOF; err != nil && !atEnd {
			return r.Recovery, fmt.Errorf("kv: the log cannot be read: %w", err)
		}
		rest, err := r.feed(buf[:len(buf)+n])
		if err != nil {
			return r.Recovery, err
		}
		buf = append(buf[:0], rest...)
	}
	if r.hasCommands(buf) {
		return r.Recovery, damaged(name, r.pos, errLength)
	}
	end := r.pos
	if r.open >= 0 {
		end, r.Commands = r.open, r.Commands-r.inOpen
	}
	r.Bytes, r.Cut = end, r.pos+int64(len(buf))-end
	if r.Cut > 0 {
		if err := file.Truncate(end); err != nil {
			return r.Recovery, fmt.Errorf("kv: the incomplete end of the log cannot be cut off: %w", err)
		}
	}
	return r.Recovery, nil
}

// feed replays the commands in p, and returns what has not come as a whole.
func (r *replay) feed(p []byte) (rest []byte, err error) {
	c := r.call
	for len(p) > 0 {
		var n int
		n, c.args, err = r.reader.Next(p, c.args[:0], &r.limits)
		if err == nil && len(c.args) > 0 {
			err = r.do()
		}
		if err != nil {
			return nil, damaged(r.name, r.pos, err)
		}
		if n == 0 {
			break
		}
		p, r.pos = p[n:], r.pos+int64(n)
	}
	return p, nil
}

var errLength = errors.New("a command is longer than what there is, and others seem to follow it")

// hasCommands reports whether there are commands in what no whole one begins. What a crash cuts off is the beginning of one; behind a length that is
// damaged there is the rest of the log, which must not be thrown away.
func (r *replay) hasCommands(rest []byte) bool {
	for {
		i := bytes.Index(rest, []byte("\r\n*"))
		if i < 0 {
			return false
		}
		rest = rest[i+2:]
		_, args, err := new(resp.Reader).Next(rest, nil, &r.limits)
		if err == nil && len(args) > 0 && find(args[0]) != nil {
			return true
		}
	}
}

// do replays the command that the call has.
func (r *replay) do() error {
	c := r.call
	switch {
	case is(c.args[0], "MULTI"):
		r.open, r.inOpen = r.pos, 0
	case is(c.args[0], "EXEC"):
		r.open = -1
	}
	c.out = c.out[:0]
	c.do()
	if bytes.HasPrefix(c.out, []byte("-")) {
		return errors.New(string(bytes.TrimSpace(c.out[1:])))
	}
	r.Commands++
	r.inOpen++
	return nil
}

func damaged(name string, pos int64, why error) error {
	return fmt.Errorf("kv: the log %s is damaged at byte %d: %w; a copy of it cut there (truncate -s %d) has what was before", name, pos, why, pos)
}
