package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParseCurl(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, []byte("a\nb"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]curl{
		`curl http://h/`:                         {url: "http://h/", method: "GET"},
		`curl h -I`:                              {url: "http://h", method: "HEAD"},
		`curl 'https://h/a b' -H 'A: b' -H 'C:'`: {url: "https://h/a b", method: "GET", headers: []string{"A: b", "C:"}},
		"curl -sSk \\\n -XPUT https://h --data-raw '{\"a\": 1}' -H 'content-type: x' --http2": {url: "https://h", method: "PUT", insecure: true, http2: true,
			headers: []string{"content-type: x"}, data: []string{`{"a": 1}`}},
		`curl h -d a=1 -db=2 -u me:pw`: {url: "http://h", method: "POST", data: []string{"a=1", "b=2"},
			headers: []string{"Authorization: Basic bWU6cHc=", "Content-Type: application/x-www-form-urlencoded"}},
		`curl -G h?x=1 -d a=1`: {url: "http://h?x=1&a=1", method: "GET", asQuery: true},
		`curl $'h' --data-raw $'it\'s \\\u0021\n\x41\e' -H 'a: $\'b -H "c: $'d'" -H e:\$'f' -H Content-Type:x`: {url: "http://h", method: "POST", data: []string{"it's \\!\nA\x1b"},
			headers: []string{`a: $\b`, `c: $'d'`, "e:$f", "Content-Type:x"}},
		`curl --json {} h`: {url: "http://h", method: "POST", data: []string{"{}"}, headers: []string{"Content-Type: application/json", "Accept: application/json"}},
		`curl h --data-binary @` + file + ` -H Content-Type:x`: {url: "http://h", method: "POST", data: []string{"a\nb"}, headers: []string{"Content-Type:x"}},
		`curl h -d @` + file + ` -H Content-Type:x`:            {url: "http://h", method: "POST", data: []string{"ab"}, headers: []string{"Content-Type:x"}},
	} {
		if strings.Contains(file, `\`) && strings.Contains(line, "@") {
			continue // a shell would take the backslashes away
		}
		got, err := parseCurl(line, nil)
		if err != nil || got.url != want.url || got.method != want.method || !reflect.DeepEqual(got.headers, want.headers) || !reflect.DeepEqual(got.data, want.data) ||
			got.insecure != want.insecure || got.http2 != want.http2 {
			t.Errorf("%s: %+v, %v, want %+v", line, got, err, want)
		}
	}
	for line, want := range map[string]string{
		"":              "there is no URL",
		"curl a b":      "two URLs",
		"curl h -H":     "the value of -H is missing",
		"curl h --frob": "--frob is not understood",
		"curl h -d @no": "no such file",
		"curl 'h":       "curl: ",
		`curl $'h`:      "the quote at the end of $'…' is missing",
		`curl $'h\q'`:   `an escape that is not known: \q`,
	} {
		if _, err := parseCurl(line, nil); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "cannot find the file", "no such file"), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

func FuzzParseCurl(f *testing.F) {
	f.Add("curl -X POST h -d 'a b' -H 'A: b'")
	f.Add("curl -sSkI -- h")
	f.Add(`curl $'h\u0021\'' -d "$'a'"`)
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "@") {
			t.Skip() // no files
		}
		if c, err := parseCurl(line, nil); err == nil && (c.url == "" || c.method == "") && !strings.Contains(line, "''") && !strings.Contains(line, `""`) {
			t.Errorf("%q: %+v", line, c)
		}
	})
}
