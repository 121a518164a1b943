// Package schedtest runs futures in tests: on a runtime whose clock jumps, and whose order of polls a seed
// decides.
//
//	func TestRetryGivesUp(t *testing.T) {
//		rt := schedtest.New(t, schedtest.Config{})
//		_, err := schedtest.Run(rt, fetchWithRetries(brokenServer))
//		if !errors.Is(err, errGaveUp) || rt.Elapsed() != time.Minute {
//			t.Errorf("%v after %v; want to give up after a minute", err, rt.Elapsed())
//		}
//	}
//
// That test takes microseconds. What it runs is what a program runs, unchanged: everything that spawns with the
// context of a poll, a Co, or the runtime; sleeps, timeouts and intervals of reactor/clock; coord; sockets, files,
// future.Blocking. Nothing is polled but while Run, Settle or Advance is under way, so between two of them
// a test looks at what has come about, and nothing moves under it.
//
// # Time
//
// The clock stands still while a task can be polled, and jumps to the next timer when all of them wait. So a
// sleep ends after exactly as long as it was to take, and code that computes takes no time at all. With
// [Runtime.AutoAdvance] off it only moves by [Runtime.Advance].
//
// It does not jump over what is under way:
//
//   - A function given to future.Blocking, of which file operations and name lookups are made, has the clock
//     stand until it has returned. [Runtime.Hold] does so for work of a goroutine of your own.
//   - A descriptor that a task waits for, and a Go channel (future.FromChan), may have nothing to say for ever: a
//     listener has. They get real time, up to that of the next timer, and [Config].Grace at most; then the
//     clock jumps. So a Timeout around a read from a slow peer does not fire before its time, and an idle
//     server costs each jump a moment. (Sockets of the portable backend are goroutines, which need a Hold.)
//
// Times are those of clock.Now on the workers, and on the goroutine that has called New. The real time.Now
// knows nothing of them: code that is to be tested so calls clock.Now and clock.Since. A future that was made by
// another goroutine measures its durations from when it is first polled.
//
// # Order
//
// N workers are simulated, with the queues of real ones, by one goroutine: who is next, who steals from whom,
// and the choices of futures that choose fairly (waker.Context.Rand) follow from the seed alone. The same
// seed gives the same polls in the same order, as long as nothing comes from outside, from other
// goroutines, sockets and the operating system, and the code asks neither a map for its order nor time.Now.
//
// A test has the same seed every time, made from its name, so it does not fail by chance. [Seeds] runs it in many
// orders. A test that has failed tells its seed, and MAGPIE_SEED=n in the environment has that order run
// again, with all that it prints:
//
//	MAGPIE_SEED=1234 go test -run 'TestTransfer$'
//
// What it cannot find are data races, for it never polls two tasks at once: that is what -race on a real
// runtime is for.
//
// # When nothing can come
//
// A Run whose tasks all wait, with no timer set and nothing under way, fails with a [*DeadlockError] that
// lists what each of them waits at, from the outermost await inwards. As a goroutine that nobody knows of might
// still wake one, it waits for Config.Grace first.
//
// # How to test what
//
//	a timeout               Run, and compare Elapsed
//	that nothing happens    AutoAdvance(false), Spawn, Advance(d), then look at the handle's Done
//	a race                  Seeds, with several Workers, and a check that holds in every order
//	what a task waits for   Settle, then Tasks
//	with a goroutine        Hold before it begins, release when it has handed its result over
package schedtest
