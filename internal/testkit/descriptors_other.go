//go:build !unix

package testkit

import "testing"

// Descriptors returns 0: nobody counts them here.
func Descriptors(testing.TB) int { return 0 }

// DescriptorLimit returns how many may be open at once without asking for more.
func DescriptorLimit(testing.TB) int { return 1 << 13 }
