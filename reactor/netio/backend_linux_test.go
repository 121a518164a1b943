//go:build linux && !portable

package netio_test

// dialsQueue reports whether a dial to a Unix server whose queue is full waits.
const dialsQueue = true
