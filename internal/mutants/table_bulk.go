package main

var bulkTests = test{pkg: "./reactor/netio", run: "Buffers|SendFile|Splice"}

var bulkMutants = []mutant{
	{
		name: "netio/a-dropped-pipe-stays-open",
		file: "reactor/netio/splice_linux.go",
		old: `	p.cleanup.Stop()
	p.ends.close()`,
		new:  `	p.cleanup.Stop()`,
		test: bulkTests,
	},
	{
		name: "netio/a-pipe-goes-back-with-bytes-in-it",
		file: "reactor/netio/splice_linux.go",
		old:  `	if f.pipe = nil; p.n == 0 {`,
		new:  `	if f.pipe = nil; p.n >= 0 {`,
		test: bulkTests,
	},
	{
		name: "netio/the-end-of-a-flow-is-not-passed-on",
		file: "reactor/netio/splice.go",
		old:  `	return f.dst.CloseWrite()`,
		new:  `	return nil`,
		test: bulkTests,
	},
	{
		name: "netio/a-cold-file-is-sent-by-the-worker",
		file: "reactor/netio/sendfile_linux.go",
		old:  `errno == 0 && !there:`,
		new:  `errno == 0 && !there && false:`,
		test: bulkTests,
	},
	{
		name: "netio/a-short-file-is-no-error",
		file: "reactor/netio/sendfile.go",
		old:  `		if err == io.EOF && o.left < 0 {`,
		new:  `		if err == io.EOF {`,
		test: bulkTests,
	},
	{
		name: "netio/a-part-of-the-buffers-is-written-twice",
		file: "reactor/netio/vectored.go",
		old:  `		bufs[0] = bufs[0][n:]`,
		new:  `		bufs[0] = bufs[0][0:]`,
		test: bulkTests,
	},
}
