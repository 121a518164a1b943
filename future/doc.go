// Package future has values that are not there yet, and what is done with them:
// waiting for one after another, for several together, for the first of several, in
// straight-line code, and with nothing but the calling goroutine.
//
// It knows no scheduler and no reactor. Its futures run on any executor that has a
// [waker.Waker] to offer; [BlockOn] and [LocalPool] are two small ones.
//
// # Future, Poll, Waker
//
// A [Future] is a state machine with one method. Poll moves it on as far as it goes
// without waiting, and returns [Ready], with a value or an error, or [Pending]. Who
// returns Pending has first arranged for the waker in the context to be called when
// another poll is worth it. That is the whole protocol:
//
//	executor                    future                      the world
//	Poll(cx)          ──────▶   nothing there yet
//	                            keep cx.Waker().Clone()
//	                  ◀──────   Pending
//	runs other tasks                                        something happens
//	                            state changes     ◀──────
//	queue the task    ◀──────────────────────────────────── Wake
//	Poll(cx)          ──────▶   it is there
//	                  ◀──────   Ready(v)
//
// A future does nothing until it is polled, and nothing between polls: a task that
// waits is some memory and no goroutine. It ends once. Polling it after Ready is a
// mistake in the executor or combinator that does so, and the futures here panic
// then, as they do for a nil future, at the line that makes them.
//
// # Who owns what
//
// A future that is given up before its end is dropped, once, by whoever owns it: see
// [Dropper]. Combinators own their children and pass it on. [Ref] lends one: the
// combinator polls it and leaves it alone otherwise.
//
// The value of a future belongs to who gets it. Until then it belongs to the future
// that holds it, as a [Join] whose other part still waits, or a [FromChan] that has
// received; if that one is dropped, or does not hand it on because it fails, it ends
// the value with [Discard]: by its method Drop, or else Close. So no descriptor is lost
// with a dial that had succeeded when the other failed. What must not be closed so, as
// it is shared, is handed out inside a struct.
//
// A poll that panics has ended that future too. Its executor still calls [Drop] on the
// whole it polled, to give back what waits beside the part that panicked; Drop after a
// panic is harmless. A Drop or Close that panics keeps nothing else from being ended.
//
// # What an async function becomes
//
// Languages with async functions compile
//
//	async fn save(name, text) {
//		let f = create(name).await?;
//		f.write_all(text).await?;
//	}
//
// into a struct with one field for the state, and those locals that live across an
// await: one state for the start, one for each await, one for the end.
// For Go, cmd/asyncgen does that to functions marked //magpie:async. Written by hand it costs exactly
// its fields, too:
//
//	type save struct {
//		state  uint8 // starting, creating, writing, done
//		name   string
//		text   []byte
//		create future.Future[*File]
//		write  future.Future[future.Unit]
//	}
//
//	func (s *save) Poll(cx *waker.Context) future.Poll[future.Unit] {
//		for {
//			switch s.state {
//			case starting:
//				s.create = Create(s.name)
//				s.state = creating
//			case creating:
//				p := s.create.Poll(cx)
//				if p.IsPending() {
//					return future.Pending[future.Unit]()
//				}
//				...
//				s.state = writing
//
// The loop lets one poll go through several states; only Pending leaves it. The
// example StateMachine has the whole of it.
//
// What each state waits for is a field: a future, or an operation by value ([Op]), as a read
// from a connection or a sleep is. An operation costs no allocation, in a machine or in an
// async function.
//
// [Async] needs no compiler: the body keeps its locals
// on a stack of its own and [Await] switches away from it. That costs a goroutine of
// about 2.7 KB a task and some 110 ns a wait that does wait, and ties the task to a
// thread. Combinators ([Map], [Then], [Loop], [Join], [Race]...) lie between: no stack,
// one small allocation each. All of them make the same kind of future and nest freely.
//
// # Streams
//
// A [Stream] is values that come one after another: what a channel receives, the ticks of a clock, the
// outcomes of an [Unordered] set. [Next] waits for one of them; package stream has what is made of
// streams, and what comes to a single result.
//
// # Pinning
//
// This struct points into itself once it has been filled:
//
//	type line struct {
//		buf  [64]byte
//		rest []byte // the part of buf not handed out yet
//	}
//
//	a := line{}
//	a.rest = a.buf[:copy(a.buf[:], "hello")]
//	b := a          // moved, by copy
//	b.buf[0] = 'J'  // b.rest still reads "hello": it points into a.buf
//
// Nothing crashes, as a is kept alive by b.rest; b just works on two buffers, and
// a queue or a kernel that was told about a.buf never hears of b. Futures are prone
// to this: between two polls they are values that somebody might put elsewhere, and
// across an await they hold pointers to their own parts.
//
// Rust rules it out in the type system. Poll takes Pin<&mut Self>: whoever polls has
// promised not to move the future any more. Types that do not mind are Unpin, which
// lifts the promise; a type that does opts out with a PhantomPinned field. In Go:
//
//   - A future that minds embeds [Pinned] (PhantomPinned) and calls its AssertPinned
//     first thing in Poll. Until its first poll it may be moved; afterwards a move is
//     a panic with a message that says so, and go vet reports most copies before.
//   - A future that does not mind embeds nothing (Unpin) and may be moved any time.
//   - A pointer to a struct on the heap is Pin<Box<T>>: moving the pointer moves
//     nothing. That is why constructors here return pointers, inside interfaces.
//
// Go itself moves only stacks, and corrects every pointer into them.
//
// # Rules for a Poll of your own
//
//   - Never block: no lock that is held for long, no channel, no system call that
//     waits. [Blocking] takes what blocks elsewhere.
//   - Register the waker first, look at the state once more, then return Pending.
//     The other way round, a wake-up in between is lost.
//   - Expect polls without cause, and another waker at each.
//   - Hand each child either the context you were given, or one made by its
//     WithWaker; keep neither.
//   - Call cx.Spend before completing an operation, in whatever way, if you are a leaf:
//     it keeps a task whose leaves are always ready from keeping its thread.
//   - With several children, ask cx.Exhausted after one, and begin with another the next
//     time: one that is always ready starves the others otherwise.
package future
