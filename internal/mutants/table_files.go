package main

var (
	filePolls   = test{pkg: "./reactor/fileio", run: "Poll|Taken"}
	fileLocks   = test{pkg: "./reactor/fileio", run: "Lock"}
	fileBuffers = test{pkg: "./reactor/fileio", run: "TestBuffers"}
	fileDrops   = test{pkg: "./reactor/fileio", run: "TestDropped"}
)

var fileMutants = []mutant{
	{
		name: "fileio/buffers-begin-anew-after-a-part",
		file: "reactor/fileio/vectored.go",
		old:  `		b = appendBuffers(b[:0], bufs, n)`,
		new:  `		b = appendBuffers(b[:0], bufs, 0)`,
		test: fileBuffers,
	},
	{
		name: "fileio/buffers-at-an-offset-that-does-not-move",
		file: "reactor/fileio/vectored.go",
		old:  `			return someBytes(writeVectored(f, b, off+int64(done)))`,
		new:  `			return someBytes(writeVectored(f, b, off))`,
		test: fileBuffers,
	},
	{
		name: "fileio/more-buffers-than-the-system-takes",
		file: "reactor/fileio/vectored.go",
		old:  `		if len(b) == mostBuffers {`,
		new:  `		if false {`,
		test: fileBuffers,
	},
	{
		name: "fileio/the-end-between-buffers-is-no-end",
		file: "reactor/fileio/vectored.go",
		old: `			if n == 0 && err == nil {
				err = io.EOF
			}
			return n, err
		})`,
		new: `			if n == 0 && err == nil {
				n = len(b[0])
			}
			return n, err
		})`,
		test: fileBuffers,
	},
	{
		name: "fileio/buffers-written-before-what-was-taken",
		file: "reactor/fileio/file.go",
		old: `		f.know()
		f.settle()
		v, err := fn(file)`,
		new: `		f.know()
		v, err := fn(file)`,
		test: fileBuffers,
	},
	{
		name: "fileio/what-was-read-ahead-stays-when-the-offset-moves",
		file: "reactor/fileio/settle.go",
		old:  `Seek(-int64(len(ahead)), io.SeekCurrent)`,
		new:  `Seek(0, io.SeekCurrent)`,
		test: filePolls,
	},
	{
		name: "fileio/a-write-does-not-give-back-what-was-read-ahead",
		file: "reactor/fileio/settle.go",
		old:  `	if back || len(data) > 0 && f.kind.Load() == regular {`,
		new:  `	if back {`,
		test: filePolls,
	},
	{
		name: "fileio/the-end-of-a-file-stays",
		file: "reactor/fileio/settle.go",
		old: `	in.deposit(nil, nil) // the end of the file may be elsewhere by now
`,
		new:  ``,
		test: filePolls,
	},
	{
		name: "fileio/a-read-of-a-pipe-passes-over-the-buffer",
		file: "reactor/fileio/settle.go",
		old: `	if n, ok, err := pl.in.take(p); ok {
		return n, err
	}
`,
		new:  ``,
		test: filePolls,
	},
	{
		name: "fileio/the-error-of-what-was-taken-is-lost",
		file: "reactor/fileio/settle.go",
		old:  `		return pl.out.failure()`,
		new:  `		return nil`,
		test: filePolls,
	},
	{
		name: "fileio/close-loses-what-was-taken",
		file: "reactor/fileio/file.go",
		old:  `cmp.Or(f.written(), file.Close())`,
		new:  `cmp.Or(nil, file.Close())`,
		test: filePolls,
	},
	{
		name: "fileio/polls-of-what-is-there-do-not-spend",
		file: "reactor/fileio/poll.go",
		old: `			if !cx.Spend() {
				return future.Pending[int]()
			}
		} else {`,
		new: `		} else {
			cx.Exhausted()`,
		test: filePolls,
	},
	{
		name: "fileio/a-dropped-lock-takes-a-later-one-back",
		file: "reactor/fileio/lock.go",
		old:  `		if l.seq == h.seq {`,
		new:  `		if l.seq >= h.seq {`,
		test: fileLocks,
	},
	{
		name: "fileio/a-dropped-lock-stays",
		file: "reactor/fileio/lock.go",
		old:  `		if l.seq == h.seq {`,
		new:  `		if l.seq != h.seq {`,
		test: fileLocks,
	},
	{
		name: "fileio/a-dropped-temporary-folder-stays",
		file: "reactor/fileio/temp.go",
		old:  `_ = os.Remove(d.name)`,
		new:  `_ = d.name`,
		test: fileDrops,
	},
	{
		name: "fileio/dropped-entries-stay-open",
		file: "reactor/fileio/dir.go",
		old:  `		go s.from.close()`,
		new:  ``,
		test: fileDrops,
	},
	{
		name: "fileio/a-dropped-release-leaves-the-file-open",
		file: "reactor/fileio/release.go",
		old:  `	r.f.closeLater() // whether`,
		new:  `	// whether`,
		test: fileDrops,
	},
	{
		name: "fileio/a-folder-stays-open-whose-call-was-refused",
		file: "reactor/fileio/dir.go",
		old:  `			s.close() // unless`,
		new:  `			// unless`,
		test: fileDrops,
	},
	{
		name: "fileio/a-flush-of-no-file-succeeds",
		file: "reactor/fileio/poll.go",
		old:  `		return future.Failed[future.Unit](pathError("write", nil, fs.ErrInvalid))`,
		new:  `		return future.Ready(future.Unit{})`,
		test: filePolls,
	},
	{
		name: "fileio/a-dropped-copy-goes-on",
		file: "reactor/fileio/copy.go",
		old: `	o.dropped.Store(true)
`,
		new:  ``,
		test: fileDrops,
	},
}
