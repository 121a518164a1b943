// Package stream does with values that come one after another what package future does with a single
// one: it makes, changes, merges and consumes [future.Stream]s. Receivers of channels, sets of futures,
// intervals and lines of a connection are streams.
//
//	lines := stream.Filter(input, func(line string) bool { return line != "" })
//	pages := stream.Buffered(stream.Map(lines, fetch), 8) // 8 requests at a time, pages in order
//	err := stream.ForEach(pages, store).Await(co)
//
// # How a stream is used
//
// [future.Next] waits for one value of any stream. In an async function [Range] goes through all; [Seq]
// does so in a goroutine,
// and [ToChan] sends them to a channel. What comes to a single result is an operation: [Fold], [Collect], [ForEach]...
//
// # The rules
//
// They are those of [future.Stream], and these:
//
//   - A function here owns the streams that it is given. What it returns is dropped by whoever gives it
//     up before its end, and drops them. A value that is left out or left over is discarded (see
//     [future.Discard]); one that a function of yours was called with is that function's.
//   - Errors are items that failed. What changes values passes them by, in their place; what comes to a
//     single result ends with the first. [UntilError] ends a stream with its first error, [Results] makes
//     values of them.
//   - A stream that has told its end tells it again. Over a set to which something is added it may go on.
//   - The functions that it is given run inside the poll. They must not block, and not poll the stream.
//   - A stream is made with one allocation, and then takes none for an item, but where it says so.
//     A value goes down a chain of calls: each stage costs a few nanoseconds.
//
// Rejected: stages that are generic structs by value, each with the type of all that is below it. To make
// such a chain takes no allocation, but an item costs twice as much on its way through it, for each stage
// finds the one below by a type assertion; and nobody wants to write its type down.
package stream
