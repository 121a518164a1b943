package main

// backendMutants break what peers may ask of a backend, see reactor/backend.go.
var backendMutants = []mutant{
	{
		name: "reactor/peer-asks-a-backend-that-refuses",
		file: "reactor/watch.go",
		old:  "	if !r.poll.shareable() {\n		return r.fireDue(), nil\n	}\n",
		new:  "",
		test: test{pkg: "./reactor", run: "TestModelPeer", tags: "explore"},
	},
	{
		name: "reactor/peer-that-is-refused-fires-no-timers",
		file: "reactor/watch.go",
		old:  "		return r.fireDue(), nil\n",
		new:  "		return 0, nil\n",
		test: test{pkg: "./reactor", run: "TestModelPeer", tags: "explore"},
	},
	{
		name: "reactor/peer-watches-a-backend-that-refuses",
		file: "reactor/watch.go",
		old:  "	if !other.poll.shareable() {\n		return nil\n	}\n",
		new:  "",
		test: test{pkg: "./reactor", run: "TestModelPeer", tags: "explore"},
	},
}
