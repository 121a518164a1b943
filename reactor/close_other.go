//go:build !unix

package reactor

func closeDescriptor(int) {}
