// Package deque holds the queues between the threads of a work-stealing scheduler.
//
// [Deque] is a growable Chase–Lev deque: one thread, its owner, pushes at the bottom
// and takes without a lock; any number of thieves take the oldest element from the
// top. The owner's half and the thieves' half are different types, [Deque] and
// [Stealer], so that a thief cannot call what only the owner may.
//
// It comes in two orders. [NewLIFO] gives the owner its newest element back, which
// is what fork-join wants: the hottest data, the deepest call. [NewFIFO] gives it
// the oldest, which is what tasks want: nobody waits behind those that came later;
// in that order a thief can also take half the queue at once.
//
//	d := deque.NewFIFO[*Task](256)
//	s := d.Stealer() // hand this one to other threads
//	d.Push(t)
//	t, ok := d.Pop()           // the owner
//	t, got := s.Steal()        // a thief: got is Stolen, Empty or Retry
//
// [Inbox] is for threads that own no deque: an intrusive list that everyone may push
// to and that is taken whole.
//
// Nothing here blocks. Elements are held by plain memory and cleared when taken, so
// a queue keeps nothing alive, and everything is clean under the race detector.
//
// Sources: D. Chase and Y. Lev, "Dynamic circular work-stealing deque", SPAA 2005;
// N. M. Lê, A. Pop, A. Cohen, F. Zappa Nardelli, "Correct and efficient
// work-stealing for weak memory models", PPoPP 2013. What is different here is said
// at the head of deque.go.
package deque
