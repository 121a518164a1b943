//go:build !linux

package soak

func interruptThreads() (stop func()) { return func() {} }
