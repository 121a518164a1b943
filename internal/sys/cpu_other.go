//go:build !linux

package sys

// CPU returns -1: the system does not tell which core the calling thread runs on.
func CPU() int { return -1 }
