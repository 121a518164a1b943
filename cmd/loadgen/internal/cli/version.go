package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version says which build this is.
func version() string {
	module, revision := "(devel)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			module = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = ", commit " + s.Value
			}
		}
	}
	return fmt.Sprintf("loadgen %s (%s, %s/%s%s)", module, runtime.Version(), runtime.GOOS, runtime.GOARCH, revision)
}
