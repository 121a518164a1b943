//go:build !(amd64 || arm64) || purego

package gid

// Known reports whether Current identifies goroutines in this build.
const Known = false

// Current returns None: this build cannot tell goroutines apart.
func Current() uintptr { return None }
