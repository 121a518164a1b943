// Package compile makes state machines of async functions.
//
// # What becomes of a function
//
// A function that is marked //magpie:async becomes a struct, its frame, with a field for the state
// and one for each variable that lives across an await, and a method Poll that goes on from that
// state to the next place where it has to wait. The source stays as it is and runs uncompiled too:
// that is what the machine must do the same as. Beside x.go two files are written, one with
// machines and one, under the build tag magpie_coroutine, with the functions on coroutines under
// the same names.
//
//	load     the packages are loaded with stubs of what will be generated, so that code may name it
//	waits    each use of co is classified; what is not understood is refused (waits.go, calls.go)
//	lift     awaits are taken out of expressions, in the order of evaluation (expr.go)
//	lower    statements that contain awaits become basic blocks (stmt.go, control.go, ranges.go);
//	         all others stay the text that they are, with edits (render.go)
//	link     blocks that one other leads to are merged into it; what is left are the states (flow.go)
//	place    liveness decides where a variable lives: block, Poll, frame (flow.go, share.go)
//	emit     states are written in the order of the source, so that they mostly fall into the
//	         next one (emit.go, decls.go)
//
// # Invariants
//
// The state in the frame is that of an await from when its child is set up until it is ready, 0
// before the first poll, and Ended otherwise. So a machine whose code panics is over; one whose
// child panics drops the child in Drop, as is the rule. A jump inside a poll sets a local variable
// and costs the frame nothing.
//
// Names are unique in a machine: scopes are laid flat, so each variable that is declared where
// awaits are is renamed if anything else in the function, the package or the universe is called so.
// What is declared inside a kept statement keeps its name and its scope.
//
// A machine may be moved between its polls, so nothing points into it. A variable that a closure
// mentions, or whose address is taken (by x.M() and a[:] too), is boxed: new at each declaration,
// as Go itself would do it, and the frame holds the pointer. If all that mentions it is in one
// block it needs no box: there it is declared as in the source. Nor does one that is called on alone, if its type
// says that its methods keep no pointer to it (inplace.go). A closure copies the pointer
// before it is made, for the next iteration's box goes into the same field.
//
// Rejected: fields that closures point to, in machines that are pinned. That saves an allocation
// for each such variable, and makes every caller's frame pinned, not reusable in a loop, and kept
// alive by the smallest closure.
//
// # Order of evaluation
//
// The specification orders calls, receives and && and ||. What comes before an await in that order
// is evaluated before, into temporaries. It leaves open when variables are read; the compiler reads
// them late: in x + f(), after f. So x is not copied here either, and is read after the await. What
// the compiler copies early is copied early here: slices of, type assertions.
//
// # Function literals
//
// A literal that has a co of its own is a machine where it is known what becomes of it: given to
// future.Async or future.Do, called where it stands or by a name that stands for nothing else, or
// deferred (asyncliteral.go, literal.go). Others run on the coroutine of whoever calls them, as does
// what is called through an interface.
//
// # What is left on the coroutine
//
// An await in the body of a range over a function: the iterator would have to be suspended. A co
// that is handed to a function which may keep it. Types that cannot be written down. The machine
// file then has the coroutine form of the function. Misuse is an error: a co in a struct, in a go
// statement, in a literal that has no co of its own.
//
// Rejected: unwinding the stack by a panic and entering every frame again, which costs the depth of
// the stack at each wait. Rejected: a closure for each continuation, an allocation at each wait.
// Rejected: the compiler's SSA form, which has forgotten what the source looked like.
package compile
