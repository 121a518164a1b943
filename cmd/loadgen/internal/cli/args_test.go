package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestNormalize(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want, err string }{
		{args: "run u -c 5 -size 64", want: "run u --connections=5 --size=64"},
		{args: "run -c=5 -c5 --connections=5 u", want: "run --connections=5 --connections=5 --connections=5 u"},
		{args: "run --body -size=3 -H -x:y u", want: "run --body=-size=3 --header=-x:y u"},
		{args: "run --body --size=3 u", want: "run --body=--size=3 u"},
		{args: "run --body -- --size 3", want: "run --body=-- --size=3"},
		{args: "run -n -1 -d -1s u", want: "run --requests=-1 --duration=-1s u"},
		{args: "run --body= -c= u", want: "run --body= --connections= u"},
		{args: "run --body=-c u", want: "run --body=-c u"},
		{args: "run --lenient u", want: "run --lenient u"},
		{args: "run -- -c 5", want: "run -- -c 5"},
		{args: "-help", want: "--help"},
		{args: "run -h", want: "run --help"},
		{args: "help", want: "--help"},
		{args: "help run", want: "run --help"},
		{args: "version", want: "--version"},
		{args: "run help", want: "run help"},
		{args: "-version", want: "--version"},
		{args: "run --frob -x u -", want: "run --frob -x u -"},
		{args: "run u --body", err: "the value of --body=TEXT is missing"},
		{args: "run u -c", err: "the value of -c, --connections="},
		{args: "run --method --lenient u", err: "write --method=--lenient"},
		{args: "run -d -c 5 u", err: "write --duration=-c"},
		{args: "serve --addr --http", err: "write --addr=--http"},
	} {
		got, command, err := normalize(parser.Model.Node, strings.Fields(c.args))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) || command != strings.Fields(c.args)[0] {
				t.Errorf("%s: %v of command %q, want %q", c.args, err, command, c.err)
			}
			continue
		}
		if err != nil || !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %q, %v, want %q", c.args, got, err, c.want)
		}
	}
}
