package resp_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/wire/resp"
)

// feed hands in to r in pieces and returns what is left behind the reply.
func feed(r *resp.Reply, in string, size int) (rest string, err error) {
	var buf []byte
	for !r.Done() && len(in) > 0 {
		k := min(size, len(in))
		buf = append(buf, in[:k]...)
		in = in[k:]
		n, err := r.Feed(buf)
		if err != nil {
			return "", err
		}
		buf = buf[n:]
	}
	return string(buf) + in, nil
}

func TestReplies(t *testing.T) {
	text := func(k resp.Kind, s string) resp.Value { return resp.Value{Kind: k, Text: []byte(s)} }
	num := func(n int64) resp.Value { return resp.Value{Kind: resp.Int, Int: n} }
	for _, c := range []struct {
		in   string
		want resp.Value
	}{
		{"+OK\r\n", text(resp.Simple, "OK")},
		{"+\r\n", text(resp.Simple, "")},
		{"-ERR no\r\n", text(resp.Failure, "ERR no")},
		{":-12\r\n", num(-12)},
		{":+7\r\n", num(7)},
		{"$3\r\na\r\n\r\n", text(resp.Bulk, "a\r\n")},
		{"$0\r\n\r\n", text(resp.Bulk, "")},
		{"$-1\r\n", resp.Value{Kind: resp.Null}},
		{"*-1\r\n", resp.Value{Kind: resp.Null}},
		{"_\r\n", resp.Value{Kind: resp.Null}},
		{"*0\r\n", resp.Value{Kind: resp.Array}},
		{"*2\r\n:1\r\n*1\r\n$1\r\na\r\n", resp.Value{Kind: resp.Array, Elems: []resp.Value{num(1), {Kind: resp.Array, Elems: []resp.Value{text(resp.Bulk, "a")}}}}},
		{"%1\r\n+a\r\n:1\r\n", resp.Value{Kind: resp.Map, Elems: []resp.Value{text(resp.Simple, "a"), num(1)}}},
		{"~1\r\n:1\r\n", resp.Value{Kind: resp.Set, Elems: []resp.Value{num(1)}}},
		{">1\r\n:1\r\n", resp.Value{Kind: resp.Push, Elems: []resp.Value{num(1)}}},
		{",1.5e3\r\n", text(resp.Double, "1.5e3")},
		{",-inf\r\n", text(resp.Double, "-inf")},
		{"#t\r\n", resp.Value{Kind: resp.Bool, Int: 1}},
		{"#f\r\n", resp.Value{Kind: resp.Bool}},
		{"(-123456789012345678901234567890\r\n", text(resp.Big, "-123456789012345678901234567890")},
		{"!5\r\nERR x\r\n", text(resp.BulkError, "ERR x")},
		{"=5\r\ntxt:a\r\n", resp.Value{Kind: resp.Verbatim, Format: []byte("txt"), Text: []byte("a")}},
		{"|1\r\n+ttl\r\n*1\r\n:3\r\n:9\r\n", num(9)},
		{"*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n", resp.Value{Kind: resp.Array, Elems: []resp.Value{num(1), num(2)}}},
		{"|1\r\n+a\r\n+b\r\n|0\r\n:2\r\n", num(2)},
	} {
		got, n, err := resp.Parse([]byte(c.in+"+next"), nil)
		if len(got.Text) == 0 {
			got.Text = c.want.Text
		}
		if n != len(c.in) || err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %d, %v; want %+v", c.in, got, n, err, c.want)
		}
		for i := range len(c.in) {
			if _, n, err := resp.Parse([]byte(c.in[:i]), nil); n != 0 || err != nil {
				t.Errorf("%q: %d, %v", c.in[:i], n, err)
			}
		}
		for _, size := range []int{1, 2, 5, 100} {
			var r resp.Reply
			rest, err := feed(&r, c.in+"+next", size)
			kind := r.Kind()
			if c.want.Kind == resp.Null {
				kind = resp.Null
			}
			if rest != "+next" || err != nil || !r.Done() || kind != c.want.Kind {
				t.Errorf("%q, %d at a time: %q is left, %v, done %v, %c", c.in, size, rest, err, r.Done(), kind)
			}
		}
	}
}

func TestRepliesThatAreRefused(t *testing.T) {
	for in, want := range map[string]error{
		":1a\r\n":                           resp.ErrNumber,
		":\r\n":                             resp.ErrNumber,
		":99999999999999999999\r\n":         resp.ErrNumber,
		",1.\r\n":                           resp.ErrNumber,
		",.5\r\n":                           resp.ErrNumber,
		",0x1p3\r\n":                        resp.ErrNumber,
		"(1.5\r\n":                          resp.ErrNumber,
		"#x\r\n":                            resp.ErrBool,
		"_x\r\n":                            resp.ErrNull,
		"+a\n":                              resp.ErrLineEnd,
		"+a\rb\r\n":                         resp.ErrLineEnd,
		"$1\r\nab\r\n":                      resp.ErrBulkEnd,
		"$1\r\na\rx":                        resp.ErrBulkEnd,
		"$?\r\n":                            resp.ErrBulkLength,
		"*?\r\n":                            resp.ErrArrayLength,
		"%-1\r\n":                           resp.ErrArrayLength,
		"$-2\r\n":                           resp.ErrBulkLength,
		"=2\r\nab\r\n":                      resp.ErrVerbatim,
		"+" + strings.Repeat("a", 64<<10+1): resp.ErrReplyLine,
		strings.Repeat("*1\r\n", 1000):      resp.ErrDepth,
	} {
		var r resp.Reply
		_, fed := feed(&r, in, 3)
		if _, _, err := resp.Parse([]byte(in), nil); err != want || fed != want {
			t.Errorf("%.20q: Parse %v, Feed %v, want %v", in, err, fed, want)
		}
	}
	if _, _, err := resp.Parse([]byte("@\r\n"), nil); err == nil || err.Error() != "Protocol error: no reply begins with '@'" {
		t.Error(err)
	}
	if _, _, err := resp.Parse([]byte("=4\r\nabcd\r\n"), nil); err != resp.ErrVerbatim {
		t.Error(err)
	}
}

// What is appended in either version is what a client reads.
func TestAppend(t *testing.T) {
	for _, c := range []struct {
		name   string
		append func(v resp.Version) []byte
		v2, v3 string
	}{
		{"simple", func(resp.Version) []byte { return resp.AppendSimple(nil, "a\r\nb") }, "+a  b\r\n", "+a  b\r\n"},
		{"error", func(resp.Version) []byte { return resp.AppendError(nil, "ERR a\nb") }, "-ERR a b\r\n", "-ERR a b\r\n"},
		{"int", func(resp.Version) []byte { return resp.AppendInt(nil, math.MinInt64) }, ":-9223372036854775808\r\n", ":-9223372036854775808\r\n"},
		{"digit", func(resp.Version) []byte { return resp.AppendInt(nil, 9) }, ":9\r\n", ":9\r\n"},
		{"bulk", func(resp.Version) []byte { return resp.AppendBulk(nil, "a\r\n") }, "$3\r\na\r\n\r\n", "$3\r\na\r\n\r\n"},
		{"command", func(resp.Version) []byte { return resp.AppendCommand(nil, "GET", "k") }, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"},
		{"null", func(v resp.Version) []byte { return v.AppendNull(nil) }, "$-1\r\n", "_\r\n"},
		{"null array", func(v resp.Version) []byte { return v.AppendNullArray(nil) }, "*-1\r\n", "_\r\n"},
		{"map", func(v resp.Version) []byte { return v.AppendMap(nil, 2) }, "*4\r\n", "%2\r\n"},
		{"set", func(v resp.Version) []byte { return v.AppendSet(nil, 12) }, "*12\r\n", "~12\r\n"},
		{"push", func(v resp.Version) []byte { return v.AppendPush(nil, 3) }, "*3\r\n", ">3\r\n"},
		{"double", func(v resp.Version) []byte { return v.AppendDouble(nil, 1.5) }, "$3\r\n1.5\r\n", ",1.5\r\n"},
		{"inf", func(v resp.Version) []byte { return v.AppendDouble(nil, math.Inf(-1)) }, "$4\r\n-inf\r\n", ",-inf\r\n"},
		{"nan", func(v resp.Version) []byte { return v.AppendDouble(nil, math.NaN()) }, "$3\r\nnan\r\n", ",nan\r\n"},
		{"true", func(v resp.Version) []byte { return v.AppendBool(nil, true) }, ":1\r\n", "#t\r\n"},
		{"false", func(v resp.Version) []byte { return v.AppendBool(nil, false) }, ":0\r\n", "#f\r\n"},
		{"big", func(v resp.Version) []byte { return v.AppendBig(nil, "123") }, "$3\r\n123\r\n", "(123\r\n"},
		{"verbatim", func(v resp.Version) []byte { return v.AppendVerbatim(nil, "txt", "ab") }, "$2\r\nab\r\n", "=6\r\ntxt:ab\r\n"},
	} {
		if got := string(c.append(resp.V2)); got != c.v2 {
			t.Errorf("%s in RESP 2: %q, want %q", c.name, got, c.v2)
		}
		if got := string(c.append(resp.V3)); got != c.v3 {
			t.Errorf("%s in RESP 3: %q, want %q", c.name, got, c.v3)
		}
		if got := string(c.append(0)); got != c.v2 {
			t.Errorf("%s in no version: %q, want %q", c.name, got, c.v2)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a format of two letters is taken")
		}
	}()
	resp.V3.AppendVerbatim(nil, "tx", "")
}

func TestRepliesDoNotAllocate(t *testing.T) {
	in := []byte("*2\r\n$3\r\nabc\r\n%1\r\n:1\r\n,2.5\r\n")
	var r resp.Reply
	b := make([]byte, 0, 128)
	if n := testing.AllocsPerRun(100, func() {
		r.Reset()
		if n, err := r.Feed(in); n != len(in) || err != nil || !r.Done() {
			t.Fatal(n, err)
		}
		b = resp.AppendBulk(resp.AppendInt(resp.V2.AppendDouble(b[:0], 2.25), 123), "abc")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
