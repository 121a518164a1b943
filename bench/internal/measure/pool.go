package measure

// Pool has run push a million tasks through a pool, once, after a tenth of them to start
// its workers.
func Pool(r *Run, run func(tasks int)) {
	const tasks = 1_000_000
	run(tasks / 10)
	m := r.Meter(tasks)
	m.Start()
	run(tasks)
	m.Stop()
	m.Report()
}
