package kv

import (
	"strconv"

	"github.com/magpie-go/magpie/wire/resp"
)

// atOneTime is how many elements of a list, or fields of a hash, one command of a snapshot has.
const atOneTime = 64

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
			for ; i < v.list.n && len(args) < 2+atOneTime; i++ {
				args = append(args, *v.list.at(i))
			}
			b = resp.AppendCommand(b, args...)
		}
	case aHash:
		args = append(args[:0], []byte("HSET"), key)
		for f := range v.fields.all {
			if args = append(args, []byte(f.key), f.value); len(args) >= 2+2*atOneTime {
				b = resp.AppendCommand(b, args...)
				args = args[:2]
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
