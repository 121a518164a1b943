package suites

import "fmt"

// KV is a key-value server under redis-benchmark.
type KV struct {
	Redis  bool   // the redis-server that is installed; else examples/kv
	Test   string // get or set
	Pinned bool   // the server to core 1, the client to core 0
	Deep   int    // commands sent together
}

var keyValue = Suite{
	Name:    "kv",
	Doc:     "GET and SET over loopback, 50 connections, one at a time and 16 deep, beside Redis without persistence (needs redis-benchmark and redis-server)",
	Jobs:    kvJobs(),
	Targets: kvTargets(),
}

const redis = "redis"

func kvName(pinned bool, test string, deep int) string {
	where := "free"
	if pinned {
		where = "pinned"
	}
	return fmt.Sprintf("kv_%s_%s_%d", where, test, deep)
}

func eachKV(f func(KV)) {
	for _, pinned := range []bool{true, false} {
		for _, test := range []string{"get", "set"} {
			for _, deep := range []int{1, 16} {
				f(KV{Test: test, Pinned: pinned, Deep: deep})
			}
		}
	}
}

func kvJobs() (jobs []Job) {
	eachKV(func(k KV) {
		bench := kvName(k.Pinned, k.Test, k.Deep)
		theirs := k
		theirs.Redis = true
		jobs = append(jobs, Job{Bench: bench, Peer: Magpie, KV: &k}, Job{Bench: bench, Peer: redis, KV: &theirs})
	})
	return jobs
}

func kvTargets() (targets []Target) {
	eachKV(func(k KV) {
		if k.Pinned {
			targets = append(targets, ratio(kvName(true, k.Test, k.Deep), "server_cpu", redis, .9))
		}
	})
	return targets
}
