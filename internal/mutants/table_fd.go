package main

const fdUnix = "reactor/netio/fd_unix.go"

func fdTest(run string) test { return test{pkg: "./reactor/netio", run: run} }

var fdMutants = []mutant{
	{
		name: "netio/a-call-of-a-user's-that-panics-holds-the-descriptor",
		file: fdUnix,
		old:  "		if !returned {\n			c.src.Leave()",
		new:  "		if !returned && fd < 0 {\n			c.src.Leave()",
		test: fdTest("TestFDWhoseCallsPanic"),
	},
	{
		name: "netio/control-that-panics-holds-the-descriptor",
		file: "reactor/netio/endpoint.go",
		old:  "	defer e.src.Leave() // also when f, which may be a user's, panics\n	if err := f(e.src.FD()); err != nil {",
		new:  "	err := f(e.src.FD())\n	e.src.Leave()\n	if err != nil {",
		test: fdTest("TestFDWhoseCallsPanic"),
	},
	{
		name: "netio/EAGAIN-within-an-error-is-one",
		file: fdUnix,
		old:  "errors.Is(err, syscall.EAGAIN)",
		new:  "err == syscall.EAGAIN",
		test: fdTest("TestFDReadable"),
	},
	{
		name: "netio/an-interrupted-call-is-over",
		file: fdUnix,
		old:  "		return again, nil\n",
		new:  "		return over, nil\n",
		test: fdTest("TestFDErrors"),
	},
	{
		name: "netio/an-error-of-a-user's-is-wrapped",
		file: fdUnix,
		old:  "	*theirs = err\n",
		new:  "",
		test: fdTest("TestFDErrors"),
	},
	{
		name: "netio/an-FD-blocks",
		file: "reactor/netio/pipe_unix.go",
		old:  "		err = unix.SetNonblock(fd, true)\n",
		new:  "",
		test: fdTest("TestFD$"),
	},
}
