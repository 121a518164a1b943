package kv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/magpie-go/magpie/wire/resp"
)

// Recovery is what was found in a log.
type Recovery struct {
	Commands int   // that were replayed
	Bytes    int64 // that they took
	// Cut is how many bytes at the end were no whole command, or a transaction without its end: what a crash leaves.
	// They were cut off.
	Cut int64
}

// load replays a log, and cuts off a tail that is incomplete. In the replay nothing expires by the clock: what had
// expired was logged as deleted.
func (kv *Server) load(name string) (r Recovery, err error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("kv: the log cannot be opened: %w", err)
	}
	defer file.Close()
	c := kv.call()
	defer c.free()
	c.loads = true
	c.s = &session{authorized: true}
	var reader resp.Reader
	var buf []byte
	open := int64(-1) // where a transaction begins that has no end yet
	var inOpen int
	pos := int64(0)
	for {
		buf = slices.Grow(buf, max(64<<10, min(reader.Need()-len(buf), 1<<24)))
		n, err := file.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		p := buf
		for len(p) > 0 {
			n, args, err := reader.Next(p, c.args[:0], &kv.config.Limits)
			c.args = args
			if err != nil {
				return r, damaged(name, pos, err)
			}
			if n == 0 {
				break
			}
			if len(args) > 0 {
				switch {
				case is(args[0], "MULTI"):
					open, inOpen = pos, 0
				case is(args[0], "EXEC"):
					open = -1
				}
				c.out = c.out[:0]
				c.do()
				if bytes.HasPrefix(c.out, []byte("-")) {
					return r, damaged(name, pos, errors.New(string(bytes.TrimSpace(c.out[1:]))))
				}
				r.Commands++
				inOpen++
			}
			p, pos = p[n:], pos+int64(n)
		}
		buf = append(buf[:0], p...)
		if err == io.EOF {
			break
		}
		if err != nil {
			return r, fmt.Errorf("kv: the log cannot be read: %w", err)
		}
	}
	end := pos
	if open >= 0 {
		end, r.Commands = open, r.Commands-inOpen
	}
	r.Bytes, r.Cut = end, pos+int64(len(buf))-end
	if r.Cut > 0 {
		if err := file.Truncate(end); err != nil {
			return r, fmt.Errorf("kv: the incomplete end of the log cannot be cut off: %w", err)
		}
	}
	return r, nil
}

func damaged(name string, pos int64, why error) error {
	return fmt.Errorf("kv: the log %s is damaged at byte %d: %w; a copy of it cut there (truncate -s %d) has what was before", name, pos, why, pos)
}
