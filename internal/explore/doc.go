// Package explore runs a small concurrent program through all of its
// interleavings. It is the counterpart, for this module, of Rust's loom.
//
// The program, called a model, is an ordinary test under the build tag explore. It
// uses the real code; that code takes its shared words from package word, which
// under the tag hands over to this package before each operation.
//
//	//go:build explore
//
//	func TestModelHandOver(t *testing.T) {
//		explore.Check(t, explore.Config{}, func(x *explore.Run) {
//			var full word.Bool      // fresh state for each schedule
//			var wake explore.Event  // what a thread blocks on
//			x.Label("full", &full)  // names in the printed interleaving
//			got := false
//			x.Go("taker", func() {
//				for !full.Load() {
//					wake.Wait()
//				}
//				got = true
//			})
//			x.Go("giver", func() {
//				full.Store(true)
//				wake.Set()
//			})
//			x.Finally(func() { x.Assert(got, "nothing arrived") })
//		})
//	}
//
//	go test -tags explore -run TestModel ./...
//
// # What is reported
//
//   - A broken assertion or a panic, in a thread or in Finally.
//   - A deadlock: no thread can go on and some have not ended. A model whose
//     threads may sleep for ever sets WhenStuck, which tells a proper end from a
//     lost wake-up.
//   - A data race: two plain accesses annotated by word.Read and word.Write, one of
//     them a write, that no atomic operation orders by Go's memory model.
//   - A livelock: a schedule of more than Config.MaxSteps operations.
//
// The report has the interleaving as a table and a schedule, such as a3b12a, with
// which EXPLORE_REPLAY=a3b12a go test -run NAME runs that interleaving again, to
// print it or to look at it in a debugger.
//
// # Writing a model
//
//   - Two to four threads with a few operations each: the number of schedules grows
//     exponentially with the operations that touch the same words.
//   - State is made in the function that builds the model, never outside. It must
//     be deterministic: no clocks, no random numbers, no iteration over maps.
//   - Threads block only on Event and Mutex, and in loops that call word.Spin. A
//     sync.Mutex held over an operation on a word, a channel, or a goroutine of its
//     own stops the exploration.
//   - Plain variables of the model are safe to use from all threads, for one runs
//     at a time. But schedules that differ only in the order of operations on
//     different words count as one, so an assertion must not depend on the order in
//     which two threads reached plain variables. Let each thread note what it saw,
//     and compare in Finally; or use a word.
//   - Words may be used while the model is built and in Finally; those operations
//     are not interleaved with anything.
//   - Code that recovers from panics also recovers the one that unwinds a thread
//     whose schedule is over. That does no harm: its next operation panics again.
//   - Explorations do not run in parallel. Other goroutines may use words meanwhile
//     only where package gid can tell them from the threads of the model.
//
// # What a complete exploration means
//
// Every result that the model can have, with its threads interrupted anywhere, was
// seen and was right. That is a proof for this model: these threads, this many
// operations. Go's atomics are sequentially consistent, so there are no weaker
// orders to consider. Memory that is neither a word nor annotated is not checked;
// go test -race is for that.
package explore
