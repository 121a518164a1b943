package main

var kvRewrites = test{pkg: "./serve/kv", run: "Rewr|FlushW|Growth"}

// The log that is replaced while clients are served.
var kvRewriteMutants = []mutant{
	{
		name: "kv/a-new-log-takes-the-place-of-a-link",
		file: "serve/kv/server.go",
		old:  `	kv.config.Log = throughLinks(name)`,
		new:  `	kv.config.Log = config.Log`,
		test: kvRewrites,
	},
	{
		name: "kv/a-shard-is-changed-before-it-is-kept",
		file: "serve/kv/call.go",
		old:  `		r.keepFor(c, cmd)`,
		new:  `		_ = r.keepFor`,
		test: kvRewrites,
	},
	{
		name: "kv/a-shard-is-kept-again-after-a-change",
		file: "serve/kv/rewrite.go",
		old:  `	if !r.kept[i] {`,
		new:  `	if true {`,
		test: kvRewrites,
	},
	{
		name: "kv/the-new-log-has-not-the-rest",
		file: "serve/kv/rewrite.go",
		old: `	if err := r.copyTo(end); err != nil {
		return false, err
	}
	r.step("sync")`,
		new:  `	r.step("sync")`,
		test: kvRewrites,
	},
	{
		name: "kv/a-new-log-begins-where-the-old-one-did",
		file: "serve/kv/logreplace.go",
		old:  `l.start.Store(r.written - int64(safe))`,
		new:  `l.start.Store(l.start.Load())`,
		test: kvRewrites,
	},
	{
		name: "kv/times-are-not-in-a-snapshot",
		file: "serve/kv/snapshot.go",
		old: `	if v.at != 0 {
		b = resp`,
		new: `	if false {
		b = resp`,
		test: kvRewrites,
	},
	{
		name: "kv/the-moment-of-the-snapshot-is-not-one",
		file: "serve/kv/rewrite.go",
		old: `	kv.lockAll()
	r.from = kv.log.offset(kv.log.appended.Load())
	kv.rewrites.now.Store(r)
	kv.unlockAll()`,
		new: `	r.from = kv.log.offset(kv.log.appended.Load())
	r.step("shard")
	kv.rewrites.now.Store(r)`,
		test: kvRewrites,
	},
	{
		name: "kv/a-client-that-has-gone-waits-for-an-element",
		file: "serve/kv/conn.go",
		old: `		c.popper.leave()
`,
		new:  ``,
		test: test{pkg: "./serve/kv", run: "TestResets"},
	},
}
