//go:build (amd64 || arm64) && !purego

package gid

// Known reports whether Current identifies goroutines in this build.
const Known = true

// Current returns the identity of the calling goroutine.
func Current() uintptr
