package origin

import "errors"

// ErrGoexit is what becomes of a function that called runtime.Goexit where somebody waits for what
// it comes to: the public packages have it under their names.
var ErrGoexit = errors.New("magpie: runtime.Goexit was called by a poll, or by a function that an executor runs; return an error instead")
