package engine

import "time"

// The seam between a connection and what is spoken on it.
//
// A plan is what all connections of a run share: it is made once, from the configuration, and says what is wrong with
// that. A protocol is one connection's side of the conversation: what it sends, how it recognises a reply, and how it
// ends. It knows bytes, and neither sockets nor clocks: conn moves the bytes, keeps the times and counts.
//
// Most protocols answer in the order in which they were asked, and say nothing else; those implement protocol alone.
// What some have besides, each as an interface of its own that a connection looks for once, when it is made:
//
//	greeter    a conversation before the first request (an upgrade, a password, settings)
//	talker     bytes to send that are no request (acknowledgements, pongs, more of a body)
//	limiter    a peer that says how many requests it takes at a time
//	unordered  replies in another order than the requests'
//	abandoner  a request that is given up while the connection goes on
//	judge      replies that say that the request has failed
//	stepper    requests that follow from one another
//
// Rejected: one interface with all of it, which every protocol would have to fill with methods that do nothing, and every
// request of HTTP/1.1 would pay for.

// plan is what the connections of a run share.
type plan interface {
	// connection returns the side of the i-th connection, and how large a buffer it reads into at first.
	connection(i uint64) (p protocol, buffer int)
}

// protocol is one connection's side of a conversation.
type protocol interface {
	traits() traits
	// next returns the next n requests, to be sent whole, and how long each of them is; no sizes: all are as long as
	// each other. Both are lent until the requests are sent.
	next(n int) (p []byte, sizes []int)
	// forget gives up what was sent and is not answered: the connection has ended.
	forget()
	// expect prepares for the next reply. used tells that the connection has carried another.
	expect(used bool)
	// feed takes what it understands of p, up to the first thing that is to be told. What it did not take it wants again,
	// with more behind it. An error beside more, or answered, breaks the connection.
	feed(p []byte) (n int, got outcome, err error)
	// eof is told that the peer has closed; nil means that this completes the reply.
	eof() error
	// surplus is the error of a complete reply that n bytes follow.
	surplus(n int) error
	// reusable tells, of a complete reply, whether the connection may carry another.
	reusable() bool
	// status is the HTTP status of a complete reply, or 0.
	status() int
}

// traits are what holds for all connections of a protocol.
type traits struct {
	mayClose bool // the peer may close between requests, and none is lost
	chatty   bool // the peer may send what nobody asked for
	early    bool // a reply may come before its request is out
}

// outcome is what feed has found.
type outcome uint8

const (
	more     outcome = iota // nothing that is complete
	answered                // a reply is complete
	failed                  // a request has failed, by the error beside it; the connection goes on
	resend                  // the connection ends; what is under way is to be sent again on another one
)

// greeter is a protocol whose connections begin with a conversation of their own.
type greeter interface {
	// hello returns what is sent first; nothing at all means that requests may follow at once.
	hello() []byte
	// greet takes what it understands of p, as feed does. done tells that requests may follow.
	greet(p []byte) (n int, done bool, err error)
}

// talker is a protocol that has to say something beside its requests.
type talker interface {
	// talk returns what is to be sent now, lent until it is sent. It is asked when all before is sent.
	talk() []byte
}

// limiter is a protocol whose peer limits how many requests are under way.
type limiter interface {
	// room reports whether another request may be begun, so many being under way.
	room(underWay int) bool
}

// unordered is a protocol that may be answered in any order.
type unordered interface {
	// which returns which of those under way, counted from the oldest, was answered, or has failed.
	which() int
}

// abandoner is a protocol that can give up one request, and go on.
type abandoner interface {
	// abandon gives up the oldest request, for which there is no reply in time.
	abandon() error
}

// judge is a protocol that looks at replies: one that the peer's end completes, too.
type judge interface {
	// verdict returns what is wrong with the complete reply.
	verdict() error
}

// stepper is a protocol whose requests are the steps of iterations. It has one under way at a time.
type stepper interface {
	// step returns which step is under way, or next, and whether its iteration has begun.
	step() (i int, midway bool)
	// advance goes on to the step after the one whose reply is complete, or has the failure refusal. It returns how long the connection is to
	// pause before that.
	advance(refusal error) (pause time.Duration, end ending)
	// giveUp ends the iteration, if one has begun.
	giveUp()
}

// ending is what a step is for its iteration.
type ending uint8

const (
	onward     ending = iota // others follow
	completed                // it was the last one
	endedEarly               // none can follow
)
