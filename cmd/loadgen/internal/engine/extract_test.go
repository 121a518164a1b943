package engine

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/theory/jsonpath"
)

func found(t testing.TB, e Extract, body string) (string, bool) {
	t.Helper()
	c := newChecker(nil)
	c.use(nil, []extraction{{Extract: e}})
	c.took([]byte("HTTP/1.1 200 OK\r\nX-A:  b; c \r\nEmpty:\r\n\r\n"))
	c.sink([]byte(body))
	value, ok := e.find(c, nil)
	return string(value), ok
}

func TestExtract(t *testing.T) {
	const body = `{"a": {"b.c": [1.50, "x\ny", {"d": true}, null]}, "n": {"0": "name"}, "": 3, "e": [{"p": 9}, {"p": 4}], "sid": "=k7"}`
	for path, want := range map[string]string{
		`$.a["b.c"][0]`: "1.50", `$.a['b.c'][1]`: "x\ny", `$.a["b.c"][2].d`: "true", `$.a["b.c"][2]`: `{"d": true}`, `$.a["b.c"][3]`: "",
		`$.a.b`: "", `$.a["b.c"][-2].d`: "true", `$[""]`: "3", `$.e[*].p`: "9", `$.e[?@.p < 5].p`: "4", `$..p`: "9", `$.e[5]`: "", `$.none`: "", `$.n["0"]`: "name",
	} {
		e, err := ExtractJSON("x", path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got, ok := found(t, e, body); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", path, got, ok, want)
		}
	}
	for _, one := range []struct{ expression, header, want string }{
		{`sid": "=(\w+)`, "", "k7"}, {`k\d`, "", "k7"}, {`(z)|k7`, "", ""}, {`none`, "", ""}, {`b; (c)`, "x-a", "c"}, {`.`, "none", ""},
	} {
		e, err := ExtractRegexp("x", one.expression, one.header)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := found(t, e, body); got != one.want || ok != (one.want != "") {
			t.Errorf("%s: %q, %v, want %q", one.expression, got, ok, one.want)
		}
	}
	for header, want := range map[string]string{"x-a": "b; c", "empty": "", "none": ""} {
		if got, ok := found(t, ExtractHeader("x", header), body); got != want || ok != (want != "") {
			t.Errorf("header %s: %q, %v", header, got, ok)
		}
	}
	for _, body := range []string{"", "{", "[1", `{"a"`, "\x00", "null"} {
		for _, path := range []string{"$.a", "$..a", "$[0]"} {
			e, _ := ExtractJSON("x", path)
			if got, ok := found(t, e, body); ok && path != "$[0]" {
				t.Errorf("%s of %q: %q", path, body, got)
			}
		}
	}
}

// A path that is looked up in the content as it is finds what it finds in the content that is decoded.
func FuzzExtractJSON(f *testing.F) {
	f.Add(`$.a.b[1]`, `{"a": {"b": [1, "two"]}}`)
	f.Add(`$["a.b"]["*"]`, `{"a.b": {"*": "x\u00e9"}}`)
	f.Add(`$["#"]["@this"]["a|b"]["!x"]`, `{"#": {"@this": {"a|b": {"!x": 1}}}}`)
	f.Fuzz(func(t *testing.T, path, body string) {
		e, err := ExtractJSON("x", path)
		if err != nil || !json.Valid([]byte(body)) {
			return
		}
		got, ok := found(t, e, body)
		if e.fast == "" {
			return
		}
		slow := e
		slow.fast = ""
		slow.path = mustPath(t, path)
		want, wanted := found(t, slow, body)
		if ok != wanted && !ambiguous(body) {
			t.Errorf("%s of %s: %v as it is, %v decoded (%s)", path, body, ok, wanted, e.fast)
		}
		var value any
		if ok && wanted && !ambiguous(body) && json.Unmarshal([]byte(want), &value) != nil && got != want {
			t.Errorf("%s of %s: %q as it is, %q decoded", path, body, got, want)
		}
	})
}

func mustPath(t *testing.T, text string) *jsonpath.Path {
	t.Helper()
	p, err := jsonpath.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ambiguous reports whether JSON means different things to its readers: names that are there twice, that are numbers, or that are no UTF-8.
func ambiguous(body string) bool {
	d := json.NewDecoder(strings.NewReader(body))
	names := map[string]bool{}
	for {
		token, err := d.Token()
		if err != nil {
			return !utf8.ValidString(body) || strings.Contains(body, `\`)
		}
		if name, ok := token.(string); ok {
			if _, err := strconv.Atoi(name); err == nil || names[name] {
				return true
			}
			names[name] = true
		}
	}
}
