//go:build !unix

package sched_test

import "testing"

// openDescriptors is always 0 where descriptors cannot be counted.
func openDescriptors(testing.TB) int { return 0 }

func descriptorLimit(testing.TB) int { return 1 << 13 }
