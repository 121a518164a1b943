// Package sched runs futures on all cores: tasks that are polled by one worker pinned to
// each core, every worker with its own run queue and its own reactor, stealing from its
// peers when it has nothing to do.
//
//	rt, err := sched.New(sched.Config{})       // a worker for each core
//	h := sched.Spawn(rt, future)               // from anywhere
//	v, err := h.Wait(ctx)                      // from a goroutine; a task awaits h itself
//	err = rt.Shutdown(ctx)                     // nothing is left behind; ctx limits the wait
//
// # Tasks
//
// A task is a future with a header of some 80 bytes. It is polled when it is spawned and
// after each wake-up, by one worker at a time, not always the same one. While it is
// parked it costs its memory and nothing else. A panic in a poll ends that task alone,
// and its [JoinHandle] ends with a [*PanicError]; if nobody can read that, [Config].OnPanic
// is told. A poll that does not return within [Config].StallAfter is told to
// [Config].OnStall, with its stack.
//
// A poll must not block: no channel, mutex, WaitGroup or system call that waits. What
// blocks goes through future.Blocking. A poll that computes for long holds up the worker
// it runs on and the tasks that are bound to it, which are its async functions: they wait
// until the poll returns (see [Counts].Held and [WorkerMetrics].Bound). Of everything else
// that is the worker's, its queues, its descriptors and its timers, peers take care within
// some 10 ms; a peer that computes does so as well, in between. If all workers are in long
// polls, what is ready waits for the first one to return. A peer that has nothing to do beside a
// worker in long polls wakes up for that one's descriptors and timers at once.
//
// # What a task has beside its future
//
// [SpawnWith] gives a task a name, which reports, profiles and logs ([LogHandler]) call it by, task-locals
// ([Key]), and a context that ends it; [ContextOf] is the context that it hands to others. [SpawnOn] and
// [SpawnLocal] bind it to a worker. Tasks that must not outlive what has begun them are children of a scope
// ([InScope]). How to test tasks is told in sched/schedtest.
//
// # Watching it
//
// [Runtime.Metrics] is what the runtime and each of its workers have done and hold. [Hooks] are functions of the program's
// that are called when tasks are spawned, polled and have ended, and when workers go to sleep and wake up. [Timing] has
// measured how long polls take and how long tasks wait for them.
//
// # Fairness
//
// Tasks are taken oldest first, in turns from the queue of those bound to the worker and from
// that of all others. The task that was woken last may be polled first, while what woke it is
// still in the cache, three times in a row at most. A poll that goes on completing operations
// is made to yield after 128 (see waker.Context.Spend).
//
// A busy worker looks at what came in from outside, at its descriptors and its timers every
// 50 µs, or after each poll if one takes longer. When polls become long all at once this may
// take 10 ms more.
//
// # Workers
//
// A worker is a goroutine locked to its thread, the thread pinned to a core, chosen by
// sched/topology: distinct cores before siblings, neighbours in cache before others. It
// sleeps in its own epoll, so a wake-up never passes through the Go scheduler. As a busy
// worker never gives up its P, New raises GOMAXPROCS to the number of workers and
// [Config].SpareProcs more, for the goroutines of the rest of the program, until
// Shutdown. What could not be done, pinning in a container that forbids it, say, is
// told by [Metrics].Limits, and the runtime works without.
//
// What is started by a worker's thread inherits its mask of one core for life. So a process is
// started where future.Blocking runs its function, which is no worker (starting one blocks as
// well, until it has begun), or, in a poll, an async function or a computation, under
// topology.Unpinned. A runtime that is made by a task sees the cores of the whole process.
//
// A context belongs to the poll that it was given to. Spawning with one works wherever it is
// called, as do timers and descriptors; an async function that is polled with a context away
// from its thread panics. What would block a worker, [Run], [JoinHandle.Wait] and
// [Runtime.Shutdown] as well as future.BlockOn, returns [ErrOnWorker] there, also in the body of
// a generator or an iter.Pull, and for another runtime's tasks too. (The body of an iter.Pull
// is recognised by its thread's number, which Linux, FreeBSD and Windows tell.)
//
// An async function (future.Async) is bound to the worker that polls it first, because
// its coroutine is; state machines may be stolen.
package sched
