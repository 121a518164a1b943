// Package forkjoin is what sched and sched/par share: the stack of forked jobs that each
// worker has, and how a job is forked, joined, stolen and cancelled.
//
// A fork that nobody steals is two calls and a few plain stores: no atomic operation, no
// allocation, no closure. Everything else is off that path: see the protocol at the head of
// stack.go.
//
// The package knows neither tasks nor reactors. What a worker does while it waits for a
// stolen job, and whom it wakes, is its [Host]'s.
//
// Sources: T. van Dijk and J. van de Pol, "Lace: non-blocking split deque for work-stealing",
// Euro-Par 2014 workshops; K.-F. Faxén, "Efficient work stealing for fine grained
// parallelism", ICPP 2010 (Wool's direct task stack); D. Chase and Y. Lev, SPAA 2005.
package forkjoin
