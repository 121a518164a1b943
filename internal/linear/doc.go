// Package linear checks that histories of the deque, the inbox and the channels, taken from
// threads that really run at once, are linearizable: that all operations could have
// happened one after the other, each between its call and its return, with the
// results that they gave. What the explorer proves for small models this looks for
// in long runs on the machine at hand.
//
// It is a module of its own to keep the checker, porcupine, out of the library's
// requirements.
//
//	cd internal/linear && go test ./...
//
// LINEAR_ROUNDS=1000 makes the runs longer.
package linear
