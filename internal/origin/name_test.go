package origin_test

import (
	"os"
	"testing"

	"github.com/magpie-go/magpie/internal/origin"
)

type named string

func (n named) Name() string { return string(n) }

type withFile struct{ *os.File }

func TestName(t *testing.T) {
	for want, f := range map[string]any{
		"serve":                named("serve"),
		"origin_test.named":    named(""),
		"origin_test.withFile": withFile{}, // its Name panics
		"int":                  7,
	} {
		if got := origin.Name(f); got != want {
			t.Errorf("%#v is called %q, want %q", f, got, want)
		}
	}
}
