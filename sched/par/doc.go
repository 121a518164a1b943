// Package par is fork-join on the workers of a [sched.Runtime]: the pinned threads that serve the
// sockets compute as well, and go on serving them while they do.
//
// [Join] calls two functions, and [Call] two functions with arguments and results; the second
// is offered to idle workers while the first runs. [Scope] is for any number of functions.
// [For], [Map], [Reduce], [Scan], [Sort] and the iterators that [Slice], [Range] and [Seq]
// begin are made of these, and split their work as it is stolen: there is no grain to choose.
//
//	sum := par.Sum(par.On(rt), values)                // from a goroutine
//	par.Sort(par.From(cx), values)                    // in a poll
//	par.Sort(par.From(co.Context()), values)          // in an async function
//
// # The Worker
//
// Every function takes a [Worker] first, and gives one to what it forks, which may be another.
// Use the one you are given: that is what makes a fork cost nanoseconds, where finding out who
// one is would cost as much again.
//
// # What is guaranteed
//
// When a function of this package returns or panics, everything that it forked has ended. A
// panic travels to whoever joins, with its value, also from another worker. What runs on
// which worker, and in which order, is not said; that something runs at the same time as
// something else is not either: on one worker the functions of a Join run one after the other.
// So what is forked must not wait for its siblings.
//
// # Beside tasks
//
// A poll that computes is a long poll. Its worker looks after its sockets, its timers and other
// tasks about every millisecond, on top of the computation's stack and for half of the time at
// most; workers that wait for a stolen function do so all the time. A lock must therefore not be
// held across a fork if a task may want it.
//
// # What it costs
//
// A fork that is not stolen costs two calls and some stores, without an atomic operation or an
// allocation; one that is stolen costs about a microsecond, and the wake-up of a sleeping
// worker 7 to 20 more. Loops do not offer anything before they have run for some microseconds.
package par
