//go:build !unix

package soak

func openDescriptors() int { return 0 }
