// Package par is fork-join on the workers of a [sched.Runtime]: the threads that serve the
// sockets compute as well.
package par
