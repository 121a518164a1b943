//go:build !linux

package sys

// Prompt does nothing: the system has no such setting, or none of a thread's own.
func Prompt() (restore func()) { return func() {} }
