package marks

import "C"

import "github.com/magpie-go/magpie/future"

//magpie:async
func beside(co *future.Co) { co.Yield() }
