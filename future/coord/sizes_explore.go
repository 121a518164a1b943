//go:build explore

package coord

// Small enough for the models to need several.
const (
	blockLen   = 2
	grantBatch = 1
)
