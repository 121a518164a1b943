package kv

import (
	"strconv"

	"github.com/magpie-go/magpie/wire/resp"
)

// A command of a snapshot has up to atOneTime elements of a list, or fields of a hash, and takes no further one when they are large together: each may
// be as long as a command may be.
const (
	atOneTime = 64
	isLarge   = 64 << 10
)

// appendAll appends the commands that make the keys of the shard, which is locked. What has expired and is not deleted yet is there as well:
// the log will say that it was deleted.
func (s *shard) appendAll(b []byte) []byte {
	var args [][]byte
	for e := range s.keys.all {
		b, args = appendKey(b, e, args[:0])
	}
	return b
}

// appendKey appends the commands that make a key. args is memory for their arguments, which is returned.
func appendKey(b []byte, e *entry, args [][]byte) ([]byte, [][]byte) {
	v, key := &e.value, []byte(e.key)
	at := strconv.AppendInt(nil, v.at, 10)
	switch v.kind {
	case aString:
		args = append(args, []byte("SET"), key, v.text)
		if v.at != 0 {
			args = append(args, []byte("PXAT"), at)
		}
		return resp.AppendCommand(b, args...), args
	case aList:
		for i := 0; i < v.list.n; {
			args = append(args[:0], []byte("RPUSH"), key)
			for size := 0; i < v.list.n && len(args) < 2+atOneTime && size < isLarge; i++ {
				args = append(args, *v.list.at(i))
				size += len(*v.list.at(i))
			}
			b = resp.AppendCommand(b, args...)
		}
	case aHash:
		args = append(args[:0], []byte("HSET"), key)
		size := 0
		for f := range v.fields.all {
			args = append(args, []byte(f.key), f.value)
			if size += len(f.key) + len(f.value); len(args) >= 2+2*atOneTime || size >= isLarge {
				b = resp.AppendCommand(b, args...)
				args, size = args[:2], 0
			}
		}
		if len(args) > 2 {
			b = resp.AppendCommand(b, args...)
		}
	}
	if v.at != 0 {
		b = resp.AppendCommand(b, []byte("PEXPIREAT"), key, at)
	}
	return b, args
}
