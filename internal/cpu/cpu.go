// Package cpu holds what the lock-free code needs of the processor: a pause for
// spin loops and the size that keeps two words off one cache line.
package cpu

// CacheLine is the distance in bytes that keeps two words from sharing a line.
// It is 128, not 64: Intel and AMD fetch lines in adjacent pairs, and Apple's
// cores have lines of 128.
const CacheLine = 128

// Pad fills a struct up so that what follows starts on lines of its own.
type Pad [CacheLine]byte

// Pauses waits for about n rounds of the processor's pause instruction (a few
// nanoseconds each on most, 40 on some), leaving the core to its sibling thread.
func Pauses(n int) {
	for range n {
		pause()
	}
}
