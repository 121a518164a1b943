// Package scenario reads files that say what users do: YAML, with the steps of one scenario or of several that go on at once.
//
// Whatever can be wrong with such a file is found when it is read, and said in one line with the place where it stands:
// FILE:LINE:COLUMN.
package scenario
