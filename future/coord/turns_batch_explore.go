//go:build explore

package coord

// turnBatch is small enough for the models to need several.
const turnBatch = 1
