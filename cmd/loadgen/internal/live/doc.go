// Package live shows a run while it goes on: on a terminal as a view that is drawn anew with each interval, elsewhere as a line
// now and then.
//
// The view is on standard error, so that standard output has the report alone. It reads no keys: an interrupt remains a signal, as
// the run handles it.
package live
