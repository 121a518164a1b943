// Package runner runs the jobs of suites, each in processes of its own, one repetition of
// all jobs after the other, so that the drift of a machine reaches every peer alike. While
// a command is measured it holds a lock file, like the scripts of the peers' kit do:
// measurements on one machine take turns.
package runner
