// Package sys is the system calls on the data path, made on non-blocking
// descriptors and without telling the Go scheduler: they return at once, and what
// it costs to leave and enter the scheduler is a third of a small read.
//
// Results are a count and an errno; 0 is success. Interrupted calls are repeated.
package sys
