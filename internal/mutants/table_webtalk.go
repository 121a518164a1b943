package main

const (
	webTalk   = "serve/web/standardtalk.go"
	webBody   = "serve/web/standardbody.go"
	webWriter = "serve/web/standardwriter.go"
)

var webTalks = test{pkg: "./serve/web", run: "TestModelTalk", tags: "explore"}

var webTalkMutants = []mutant{
	{
		name: "web/an-answer-that-nobody-has-heard-hides-that-the-task-is-gone",
		file: webTalk,
		old:  "	t.word.Store(gone)\n",
		new:  "	if t.word.Load() != said {\n		t.word.Store(gone)\n	}\n",
		test: webTalks,
	},
	{
		name: "web/who-hears-an-answer-forgets-that-the-task-is-gone",
		file: webTalk,
		old:  "		t.word.CompareAndSwap(said, silent)\n",
		new:  "		t.word.Store(silent)\n",
		test: webTalks,
	},
	{
		name: "web/a-question-is-asked-of-a-task-that-is-gone",
		file: webTalk,
		old:  "t.word.CompareAndSwap(silent, what) {",
		new:  "t.word.Swap(what) < said {",
		test: webTalks,
	},
	{
		name: "web/a-question-wakes-nobody",
		file: webTalk,
		old:  "		t.task.Wake()\n",
		new:  "",
		test: webTalks,
	},
	{
		name: "web/an-answer-is-announced-before-it-is-there",
		file: webTalk,
		old:  "	word.Write(unsafe.Pointer(&t.what))\n	t.what = a\n	t.word.Store(said)\n",
		new:  "	t.word.Store(said)\n	word.Write(unsafe.Pointer(&t.what))\n	t.what = a\n",
		test: webTalks,
	},
	{
		name: "web/a-task-that-leaves-wakes-nobody",
		file: webTalk,
		old:  "	t.word.Store(gone)\n	t.asker.WakeByRef()\n",
		new:  "	t.word.Store(gone)\n",
		test: webTalks,
	},
	{
		name: "web/a-read-that-is-left-holds-the-answer",
		file: webBody,
		old:  "	b.wait.cx.Waker().WakeByRef()\n",
		new:  "",
		test: test{pkg: "./serve/web", run: "TestStandardEndsAReadThatIsLeft"},
	},
	{
		name: "web/a-read-that-is-ended-breaks-the-content",
		file: webBody,
		old:  "	if err == http.ErrBodyReadAfterClose {\n		return n, err\n	}\n",
		new:  "",
		test: test{pkg: "./serve/web", run: "TestStandardEndsAReadThatIsLeft"},
	},
	{
		name: "web/a-connection-goes-on-behind-content-that-did-not-come",
		file: webWriter,
		old:  "		x.closes = x.closes || b.broken.Load()\n",
		new:  "",
		test: test{pkg: "./serve/web", run: "TestStandardBodyTimeout$"},
	},
	{
		name: "web/the-client-is-not-told-that-its-content-is-too-much-to-skip",
		file: "serve/web/send.go",
		old:  "x.req.msg.ContentLength()-x.req.msg.Content() > maxSkip",
		new:  "false",
		test: test{pkg: "./serve/web", run: "TestUnreadContent"},
	},
	{
		name: "web/a-client-whose-content-came-unasked-loses-its-connection",
		file: webWriter,
		old:  "		x.expects = x.expects && !b.begun.Load()\n",
		new:  "",
		test: test{pkg: "./serve/web", run: "TestStandardExpects"},
	},
}
