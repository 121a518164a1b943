package reactor

import "time"

// What a backend is.
//
// A backend is the part of the operating system that a reactor waits in. The file of a platform
// (netpoll_epoll.go, netpoll_kqueue.go, netpoll_portable.go) defines the type poller with the
// methods of contract; the type Events, room for what one wait reports, and its method event;
// wakeToken, which is the token of an interruption; and Descriptors, whether add works at all.
// The type backend is that poller, or one that stands in for it in a model or injects faults.
//
// Who calls what:
//
//	opener   whoever makes the reactor, before anybody else has it
//	owner    the thread that sleeps in the reactor
//	anybody  any thread, at the same time as others; the reactor sees to it that close has
//	         neither begun nor begins meanwhile
//
// # Readiness
//
// add watches a descriptor once, in both directions, edge-triggered: each change is reported once,
// to one of those who wait, and what a descriptor is ready for when it is added counts as one.
// A report is allowed to come late, twice, or for nothing, and for a token that was removed:
// the slab knows (see slab.go). It must not be left out.
//
// # What a peer may do
//
// While its owner is in a long poll a reactor is asked by others ([Reactor.AskAsPeer]), and
// watched by the reactor of one that sleeps (watch). A backend whose reports only its owner can
// fetch refuses both: shareable returns false. Then peers fire the timers, guards sleep no
// longer than until the next one, and what the descriptors have waits for the end of the
// owner's poll, as tasks do that are bound to its worker.
//
// # Completions
//
// io_uring and Windows do not report that a call is worth trying, but that one has ended. Such a
// backend has, beside the above, operations, each of which is
//
//	submitted  the kernel may begin it, and uses its memory from now on
//	waiting    begun; nobody is told
//	cancelled  whoever waited has given up, and the kernel is asked to end it; it may have been
//	           completed at the same time, and its memory is still the kernel's
//	completed  the kernel is done: its memory is given back, and whoever waits is woken
//
// It is always completed in the end, cancelled or not, and only then is its memory given back:
// to the task that waits, or, of a cancelled one, to the reactor. So that memory is never the
// caller's slice, which a dropped future gives back at once, nor anything on a stack, which
// moves: it is the reactor's own, lent with the outcome, or the operation owns it. The record of an
// operation stands in the slab under index and generation as a source does, until it is completed.
// close cancels whatever is left and waits for all of it before it gives memory back. A ring has one
// issuer, its owner: whoever submits or cancels from another thread leaves the request with the
// reactor and interrupts the owner.
//
// # Which one
//
// open chooses where a platform has several that report alike, as it does between epoll_pwait2 and
// epoll_pwait, and limit says what was missing. The portable one is chosen when the program is built,
// by the tag portable: it watches no descriptors, so connections are of another kind with it,
// which wait on goroutines, and one program with both kinds would look up, at each read and
// write, which of them it has.
type contract interface {
	// open makes the poller, of which made returns true from then on. Opener.
	open() error
	made() bool
	// close gives descriptors back. Nobody uses the poller, and nobody will.
	close() error
	// limit returns what the system lacks that the poller would use, in words for people,
	// or "". Anybody.
	limit() string

	// add reports what happens to a descriptor under token until remove. Each is called once
	// for a descriptor, one after the other. Anybody.
	add(fd int, token uint64) error
	remove(fd int)

	// wait fills ev with events: at once if timeout is 0, else after at most timeout, without a
	// limit if it is negative. A signal to the process ends it without events, and without
	// an error. With a timeout that is not 0: owner. With 0: owner, and if shareable
	// anybody, at the same time, each with Events of its own.
	wait(ev *Events, timeout time.Duration) (int, error)
	// wake interrupts a wait that blocks, or else the next one: anybody. Each wait reports the
	// interruption, under wakeToken, until acknowledge ends it: owner. (Where events hold
	// no descriptors the wait that it ends has ended it.)
	wake()
	acknowledge()

	// shareable reports whether others than the owner may wait, with a timeout of 0, and watch.
	shareable() bool
	// watch has waits of this poller end, without its owner learning why, when the other one has
	// something to report, until unwatch. It fails in a circle. Anybody, one at a time for
	// each pair. It is not called for one that is not shareable.
	watch(other *backend) error
	unwatch(other *backend)
}

var _ contract = (*backend)(nil)
