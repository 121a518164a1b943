package measure

import "time"

// ParkedTasks is how many tasks are parked when the memory of one is measured.
const ParkedTasks = 1_000_000

// Parked spawns tasks that park, waits until parked has counted all, and emits the
// resident memory of each, the heap and stacks that a collection leaves, and what time it
// took.
func Parked(r *Run, spawn func(), parked func() int64) {
	live, before := Live(), RSS()
	m := r.Meter(ParkedTasks)
	m.Start()
	for range ParkedTasks {
		spawn()
	}
	for parked() < ParkedTasks {
		time.Sleep(time.Millisecond)
	}
	m.Stop()
	time.Sleep(100 * time.Millisecond)
	if rss := RSS(); rss > 0 {
		r.Emit("rss", (rss-before)/ParkedTasks, "bytes/task")
	}
	r.Emit("live", (Live()-live)/ParkedTasks, "bytes/task")
	m.Report()
}
