package resp_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/wire/resp"
)

// readAll hands input to a reader in pieces of the given size, as a connection would.
func readAll(input string, size int, l *resp.Limits) (commands []string, rest string, err error) {
	var r resp.Reader
	var buf []byte
	var args [][]byte
	for in := []byte(input); len(in) > 0; {
		k := min(size, len(in))
		if len(buf) < 100 { // at another address each time
			buf = slices.Clone(buf)
		}
		buf = append(buf, in[:k]...)
		in = in[k:]
		for {
			var n int
			n, args, err = r.Next(buf, args[:0], l)
			if err != nil {
				return commands, "", err
			}
			if n == 0 {
				break
			}
			if len(args) > 0 {
				commands = append(commands, string(bytes.Join(args, []byte("|"))))
			}
			buf = buf[n:]
		}
	}
	return commands, string(buf), nil
}

func TestReader(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
		rest     string
		err      error
	}{
		{name: "one", in: "*1\r\n$4\r\nPING\r\n", want: []string{"PING"}},
		{name: "three arguments, one empty", in: "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n", want: []string{"SET|k|"}},
		{name: "line ends inside", in: "*2\r\n$4\r\nECHO\r\n$4\r\n\r\n\r\n\r\n", want: []string{"ECHO|\r\n\r\n"}},
		{name: "pipelined", in: "*1\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\nc d\r\n*1\r\n", want: []string{"a", "b", "c|d"}, rest: "*1\r\n"},
		{name: "none", in: "*0\r\n*-1\r\n\r\n*1\r\n$1\r\na\r\n*0\r\n", want: []string{"a"}},
		{name: "inline", in: "set  k\tv \r\nget k\n", want: []string{"set|k|v", "get|k"}},
		{name: "inline quotes", in: `set "a \"b\x41\n" 'c\'d\n' ""` + "\r\n", want: []string{"set|a \"bA\n|c'd\\n|"}},
		{name: "quotes in a word", in: `a"b c" d` + "\n", want: []string{"ab c|d"}},
		{name: "a hex escape cut short", in: `"\x4"` + "\n", want: []string{"x4"}},
		{name: "cut in a length", in: "*12", rest: "*12"},
		{name: "cut in an argument", in: "*1\r\n$4\r\nPI", rest: "*1\r\n$4\r\nPI"},
		{name: "cut before LF", in: "*1\r\n$4\r\nPING\r", rest: "*1\r\n$4\r\nPING\r"},

		{name: "open quotes", in: "set \"a\r\n", err: resp.ErrQuotes},
		{name: "something behind quotes", in: "set \"a\"b\r\n", err: resp.ErrQuotes},
		{name: "a backslash at the end", in: "set \"a\\\r\n", err: resp.ErrQuotes},
		{name: "long line", in: strings.Repeat("a", 64<<10+1), err: resp.ErrInlineSize},
		{name: "long line that ends", in: strings.Repeat("a", 64<<10+1) + "\r\n", err: resp.ErrInlineSize},
		{name: "array of letters", in: "*a\r\n", err: resp.ErrArrayLength},
		{name: "array without length", in: "*\r\n", err: resp.ErrArrayLength},
		{name: "array of -2", in: "*-2\r\n", err: resp.ErrArrayLength},
		{name: "array of -10", in: "*-10\r\n", err: resp.ErrArrayLength},
		{name: "array of -1 and CR without LF", in: "*-1\rx", err: resp.ErrLineEnd},
		{name: "leading zero", in: "*01\r\n", err: resp.ErrArrayLength},
		{name: "plus", in: "*+1\r\n", err: resp.ErrArrayLength},
		{name: "blank", in: "*1 \r\n", err: resp.ErrArrayLength},
		{name: "too many", in: "*1048577\r\n", err: resp.ErrArrayLength},
		{name: "no number is so large", in: "*99999999999999999999999999\r\n", err: resp.ErrArrayLength},
		{name: "bare LF", in: "*1\n$4\nPING\n", err: resp.ErrArrayLength},
		{name: "CR without LF", in: "*1\rx", err: resp.ErrLineEnd},
		{name: "string of -1", in: "*1\r\n$-1\r\n", err: resp.ErrBulkLength},
		{name: "string of 512 MiB and one", in: "*1\r\n$536870913\r\n", err: resp.ErrBulkLength},
		{name: "string that is longer than said", in: "*1\r\n$3\r\nPING\r\n", err: resp.ErrBulkEnd},
		{name: "string that ends with CR and something", in: "*1\r\n$4\r\nPING\rx", err: resp.ErrBulkEnd},
		{name: "long zeros", in: "*1\r\n$00\r\n", err: resp.ErrBulkLength},
	} {
		for _, size := range []int{1, 2, 3, 7, 1 << 20} {
			got, rest, err := readAll(c.in, size, nil)
			if !slices.Equal(got, c.want) || rest != c.rest || err != c.err {
				t.Errorf("%s, %d at a time: %q, %.20q, %v; want %q, %.20q, %v", c.name, size, got, rest, err, c.want, c.rest, c.err)
			}
		}
	}
}

// What stands in the place of an argument is named.
func TestReaderNamesTheByte(t *testing.T) {
	for in, want := range map[string]string{
		"*1\r\n:1\r\n":       "Protocol error: expected '$', got ':'",
		"*1\r\n\r\n":         `Protocol error: expected '$', got '\x0d'`,
		"*2\r\n$1\r\na\r\n*": "Protocol error: expected '$', got '*'",
	} {
		for _, size := range []int{1, 100} {
			_, _, err := readAll(in, size, nil)
			if e := (*resp.Error)(nil); !errors.As(err, &e) || err.Error() != want {
				t.Errorf("%q: %v, want %s", in, err, want)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	l := &resp.Limits{Args: 2, Bulk: 3, Total: 32}
	for in, want := range map[string]error{
		"*2\r\n$3\r\nabc\r\n$3\r\nabc\r\n": nil,
		"*3\r\n":                           resp.ErrArrayLength,
		"*1\r\n$4\r\n":                     resp.ErrBulkLength,
		"*2\r\n$3\r\nabc\r\n$3\r\nabc\r\n*1\r\n$4\r\n": resp.ErrBulkLength,
	} {
		if _, _, err := readAll(in, 5, l); err != want {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
	l.Bulk = 100
	if _, _, err := readAll("*2\r\n$3\r\nabc\r\n$30\r\n", 5, l); err != resp.ErrTotal {
		t.Errorf("a command of more than 32 bytes: %v", err)
	}
}

// A command that comes in small pieces is not begun anew with each: what is looked at is linear in its length.
func TestReaderGoesOnWhereItStopped(t *testing.T) {
	var r resp.Reader
	const args = 200_000
	in := resp.AppendArray(nil, args)
	for range args {
		in = resp.AppendBulk(in, "a")
	}
	// Before what has been checked there may be anything: it is not looked at again until all is there.
	half := len(in) / 2
	broken := bytes.Clone(in)
	if n, _, err := r.Next(in[:half], nil, nil); n != 0 || err != nil || !r.Begun() {
		t.Fatal(n, err)
	}
	copy(broken[:half-100], bytes.Repeat([]byte("?"), half-100))
	if n, _, err := r.Next(broken[:half+1000], nil, nil); n != 0 || err != nil {
		t.Fatal("looked again at what had been read:", n, err)
	}
	n, got, err := r.Next(in, nil, nil)
	if n != len(in) || len(got) != args || err != nil || r.Begun() {
		t.Errorf("%d of %d bytes, %d arguments, %v", n, len(in), len(got), err)
	}
}

// A buffer for a long string is made once.
func TestNeed(t *testing.T) {
	var r resp.Reader
	head := []byte("*2\r\n$3\r\nGET\r\n$100000\r\nabc")
	if n, _, err := r.Next(head, nil, nil); n != 0 || err != nil || r.Need() != len(head)-3+100_002 {
		t.Errorf("%d, %v, needs %d", n, err, r.Need())
	}
}

func TestReaderDoesNotAllocate(t *testing.T) {
	in := []byte("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n")
	line := []byte("SET key value\r\n")
	var r resp.Reader
	args := make([][]byte, 0, 8)
	if n := testing.AllocsPerRun(100, func() {
		r.Next(in[:20], args, nil)
		if n, a, err := r.Next(in, args, nil); n != len(in) || len(a) != 3 || err != nil {
			t.Fatal(n, a, err)
		}
		if n, a, err := r.Next(line, args, nil); n != len(line) || len(a) != 3 || err != nil {
			t.Fatal(n, a, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkReader(b *testing.B) {
	in := bytes.Repeat([]byte("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000012\r\n$3\r\nxxx\r\n"), 16)
	var r resp.Reader
	args := make([][]byte, 0, 8)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		for p := in; len(p) > 0; {
			n, _, err := r.Next(p, args, nil)
			if err != nil {
				b.Fatal(err)
			}
			p = p[n:]
		}
	}
}

// Limits that are as large as an int can be do not overflow: what no memory holds is incomplete, or too large, and never whole.
func TestLimitsOfEverything(t *testing.T) {
	l := &resp.Limits{Args: math.MaxInt, Bulk: math.MaxInt, Total: math.MaxInt}
	for _, size := range []int{math.MaxInt - 107, math.MaxInt/2 + 1, math.MaxInt / 2} {
		for head, want := range map[string]error{"*2\r\n$3\r\nGET\r\n$": nil, "*": nil} {
			in := fmt.Sprintf("%s%d\r\nab", head, size)
			var r resp.Reader
			n, args, err := r.Next([]byte(in), nil, l)
			if n != 0 || len(args) != 0 || err == want && r.Need() < 0 {
				t.Errorf("%q: %d, %q, %v, need %d", in, n, args, err, r.Need())
			}
		}
		for _, kind := range []string{"$", "*", "%", "|", "="} {
			in := fmt.Sprintf("%s%d\r\ntxt:b", kind, size)
			if _, n, _ := resp.Parse([]byte(in), l); n != 0 {
				t.Errorf("%q is a reply of %d bytes", in, n)
			}
			reply := resp.Reply{Limits: *l}
			if _, err := reply.Feed([]byte(in)); err == nil && reply.Done() {
				t.Errorf("%q is a whole reply", in)
			}
		}
	}
}
