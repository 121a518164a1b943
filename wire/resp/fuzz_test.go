package resp_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/wire/resp"
)

var limits = &resp.Limits{Args: 100, Bulk: 1000, Total: 5000}

// However a request is cut, it is read as the same commands, or the same error.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"*1\r\n$4\r\nPING\r\n", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\nGET k\r\n", "*0\r\n\r\n*1\r\n$0\r\n\r\n", "set \"\\x41'\" 'b'\n", "*-1\r\n*3\r\n$1\r\n"} {
		f.Add(s, byte(3))
		f.Add("*1\r\n$4\r\n00000", byte(3))
	}
	f.Fuzz(func(t *testing.T, in string, size byte) {
		whole, rest, err := readAll(in, len(in)+1, limits)
		pieces, rest2, err2 := readAll(in, int(size)+1, limits)
		if !slices.Equal(whole, pieces) || rest != rest2 || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Errorf("%q: %q, %q, %v; %d bytes at a time: %q, %q, %v", in, whole, rest, err, size+1, pieces, rest2, err2)
		}
	})
}

// What a command is written as is read as it.
func FuzzCommand(f *testing.F) {
	f.Add([]byte("a"), []byte("\r\n"), []byte{})
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		var r resp.Reader
		in := resp.AppendCommand(nil, a, b, c)
		n, args, err := r.Next(in, nil, nil)
		if n != len(in) || err != nil || len(args) != 3 || !bytes.Equal(args[0], a) || !bytes.Equal(args[1], b) || !bytes.Equal(args[2], c) {
			t.Errorf("%q: %d, %q, %v", in, n, args, err)
		}
	})
}

// Reply and Parse agree where a reply ends and what is none, however it is cut.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"+OK\r\n", "*2\r\n:1\r\n$-1\r\n", "%1\r\n#t\r\n,1e5\r\n", "|1\r\n+a\r\n_\r\n=4\r\ntxt:\r\n", "(12\r\n", "!3\r\nERR\r\n"} {
		f.Add(s, byte(2))
	}
	f.Fuzz(func(t *testing.T, in string, size byte) {
		v, n, err := resp.Parse([]byte(in), limits)
		r := resp.Reply{Limits: *limits}
		rest, err2 := feed(&r, in, int(size)+1)
		if err == resp.ErrVerbatim || err == resp.ErrNumber || err == resp.ErrDepth { // Feed does not look into texts, and counts depth by what is open
			return
		}
		if (err == nil) != (err2 == nil) || err == nil && (n > 0) != r.Done() || n > 0 && len(in)-len(rest) != n {
			t.Errorf("%q: Parse %+v, %d, %v; Feed by %d %q is left, done %v, %v", in, v, n, err, size+1, rest, r.Done(), err2)
		}
	})
}
