//go:build explore

package waitlist

// batch is small enough for the models to need several.
const batch = 1
