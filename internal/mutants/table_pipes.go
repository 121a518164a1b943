package main

var (
	pipeTests   = test{pkg: "./reactor/netio", run: "Pipe|FIFO|Adopt|Release|Change"}
	optionTests = test{pkg: "./reactor/netio", run: "Peek|Option|Defer"}
)

var pipeMutants = []mutant{
	{
		name: "netio/a-pipe-is-read-as-a-socket",
		file: "reactor/netio/conn.go",
		old:  `		n, errno = sys.Read(fd, p)`,
		new:  `		n, errno = sys.Recv(fd, p)`,
		test: pipeTests,
	},
	{
		name: "netio/what-was-adopted-stays-open",
		file: "reactor/netio/adopt_unix.go",
		old: `	defer c.Close()
	fd, err`,
		new:  `	fd, err`,
		test: pipeTests,
	},
	{
		name: "netio/what-was-released-stays-open",
		file: "reactor/netio/adopt_unix.go",
		old: `	_ = c.Close()
	return os.NewFile(`,
		new:  `	return os.NewFile(`,
		test: pipeTests,
	},
	{
		name: "netio/any-file-is-a-fifo",
		file: "reactor/netio/pipe_unix.go",
		old:  `st.Mode&unix.S_IFMT != unix.S_IFIFO`,
		new:  `st.Mode&unix.S_IFMT == 0`,
		test: pipeTests,
	},
	{
		name: "netio/a-reader-of-a-writing-end",
		file: "reactor/netio/pipe_unix.go",
		old:  `mode == unix.O_RDONLY && use == "write"`,
		new:  `false`,
		test: pipeTests,
	},
	{
		name: "netio/a-peek-takes-what-it-sees",
		file: "reactor/netio/peek_unix.go",
		old:  `sys.Peek(fd, p)`,
		new:  `sys.Recv(fd, p)`,
		test: optionTests,
	},
	{
		name: "netio/keep-alive-without-its-times",
		file: "reactor/netio/connopts.go",
		old:  `			if o.value < 0 {`,
		new:  `			if o.value != 0 {`,
		test: optionTests,
	},
	{
		name: "netio/an-option-of-TCP-on-a-Unix-socket",
		file: "reactor/netio/options.go",
		old:  `	if !c.isTCP() {`,
		new:  `	if c == nil {`,
		test: optionTests,
	},
	{
		name: "netio/a-listener-without-its-hook",
		file: "reactor/netio/listen.go",
		old:  `	if lc.Control != nil {`,
		new:  `	if lc.Control == nil {`,
		test: optionTests,
	},
	{
		name: "netio/accept-is-not-deferred",
		file: "reactor/netio/listen.go",
		old:  `	if lc.DeferAccept > 0 {`,
		new:  `	if lc.DeferAccept < 0 {`,
		test: optionTests,
	},
}
