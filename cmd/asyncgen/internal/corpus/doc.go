// Package corpus judges async functions by Go's own programs: those in the folder test of the Go
// distribution that are run, and whose output is known. Each is rewritten so that every function
// that can be is async, and waits between all statements and inside expressions. Rewritten, on the
// coroutine and compiled, with operations that are ready at once and with some that are pending
// first, it must print what it printed before.
//
// The files, in the order of what happens to a program:
//
//	program.go   finds the programs
//	decide.go    which functions become async: all whose callers can hand them a Co
//	rewrite.go   declarations and types: where a Co is added
//	await.go     statements and expressions: where an await is put
//	edits.go     a rewritten program is its source with words put in
//	leaf/        what the programs wait for
//	batch.go     a module of many programs, built and run
//	excluded.go  what cannot be judged, and why
//
// To try a folder, or one program, and keep what was made of it:
//
//	go test ./internal/corpus -folder ken -all
//	go test ./internal/corpus -only '^recover4$' -keep DIR -v
package corpus
