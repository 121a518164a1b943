//go:build !explore

package word

import "sync"

// Mutex is for sections that use words, or that a model should see. A worker does not
// enter one: see package spin.
type Mutex = sync.Mutex
