package compile

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// elsewhere returns the marked files that this build leaves out, by what is generated for them: that
// is made where they are built, for another system or with other tags.
func (p *plan) elsewhere(out map[string][]byte) map[string]string {
	of := map[string]string{}
	for path, s := range p.sources {
		if s == nil {
			continue
		}
		m, co := generated(path)
		if out[m] == nil {
			of[m], of[co] = path, path
		}
	}
	return of
}

// put writes what has changed, or says so.
func (o Options) put(plan *plan, out map[string][]byte) error {
	var stale []string
	var paths []string
	for p := range out {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		old, err := os.ReadFile(p)
		if err == nil && bytes.Equal(old, out[p]) {
			continue
		}
		if err == nil && !isGenerated(p, old) {
			return fmt.Errorf("%s exists and was not made by asyncgen; rename it", p)
		}
		if o.Check {
			stale = append(stale, p)
			continue
		}
		if err := os.WriteFile(p, out[p], 0o644); err != nil {
			return err
		}
	}
	if plan.unvendored {
		fmt.Fprintf(o.Err, "vendor does not have %s, which generated files import: run go mod vendor\n", machinePath)
	}
	elsewhere := plan.elsewhere(out)
	for _, p := range slices.Sorted(maps.Keys(elsewhere)) {
		if m, _ := generated(elsewhere[p]); p == m && !plan.old[m] {
			fmt.Fprintf(o.Err, "%s is not part of this build, and nothing is generated for it: run asyncgen again with the GOOS, GOARCH or GOFLAGS=-tags that it is for\n", elsewhere[p])
		}
	}
	for p := range plan.old {
		if out[p] != nil || elsewhere[p] != "" {
			continue
		}
		if o.Check {
			stale = append(stale, p)
		} else if err := os.Remove(p); err != nil {
			return err
		}
	}
	if len(stale) == 0 {
		return nil
	}
	slices.Sort(stale)
	for i, p := range stale {
		if rel, err := filepath.Rel(o.Dir, p); err == nil && !strings.HasPrefix(rel, "..") {
			stale[i] = rel
		}
	}
	return fmt.Errorf("%w: %s", ErrStale, strings.Join(stale, ", "))
}
