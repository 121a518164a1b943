package forkjoin

import "unsafe"

// What a user has of a worker.
//
// The methods of a Worker are those of threads: they steal, run, sweep. A user of package par must
// not see them, so par has a Worker of its own, which is a struct of nothing but one of these, and the
// functions that are forked take a pointer to that. What forks is therefore generic over what
// they take, called H here: Worker itself, or a struct of one Worker. G is the same for Group.
//
// At run time both are one pointer, and a fork costs what it would without.
//
// Rejected: a function between them, which translates (an indirect call more for each fork, a
// tenth of what it costs); an alias, with functions instead of methods (the public name would
// still be documented as an internal type).

// of returns the worker that h is a user's name of.
//
// Sound: see H above; a pointer to a struct is a pointer to its only field.
func of[H any](h *H) *Worker { return (*Worker)(unsafe.Pointer(h)) }

// as returns what a user has of w. Sound: see of.
func as[H any](w *Worker) *H { return (*H)(unsafe.Pointer(w)) }

// asGroup is [as] for a group. Sound: see of.
func asGroup[G any](g *Group) *G { return (*G)(unsafe.Pointer(g)) }
