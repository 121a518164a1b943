// Package faults makes the operating system and the other threads as unkind as they may
// be: under the build tag faults, system calls of the data path are interrupted, would
// block though they need not, move fewer bytes than they could or fail for want of
// memory, pollers report events late, twice, long after their descriptor was closed, or
// not at all that they were waited for, and threads stop at random in the middle of a
// protocol. Without the tag all of it is constants and empty functions that the compiler
// removes.
//
// Nothing is injected before [Start]. What is injected follows from a seed, as far as
// threads let it: each decision is a function of the seed and of how many came before.
//
// A poller is edge-triggered: it reports that data came, once. So whoever is told that
// a call would block, or is given less than there is, while there is more, would wait for
// ever. An injected one therefore owes an event: the poller of that descriptor is told
// (see [OnOwe]), and reports it some time later.
package faults

// Op is a system call of the data path.
type Op uint8

// The system calls.
const (
	Recv Op = iota
	Send
	Accept
)

// Kind is a kind of fault.
type Kind uint8

// The kinds.
const (
	Interrupted Kind = iota // EINTR
	WouldBlock              // EAGAIN, with an event to follow
	Short                   // fewer bytes than asked for, with an event to follow
	NoBuffers               // ENOBUFS from a send: the connection fails
	NoAccept                // ENOBUFS, EMFILE or ECONNABORTED from an accept: it goes on later
	NoWatch                 // a descriptor that cannot be watched: the connection fails
	Late                    // an event that is reported later
	Twice                   // an event that is reported twice
	Stale                   // an old event that is reported again
	Spurious                // a wait that ends for nothing
	Stop                    // a thread that stops for a while between two steps
	Kinds
)

var kindNames = [Kinds]string{"interrupted", "would block", "short", "no buffers", "no accept", "no watch",
	"late", "twice", "stale", "spurious", "stop"}

func (k Kind) String() string { return kindNames[k] }
