package main

// loadgen is a module of its own. What its agents and their coordinator compute is held by tests of that alone, and what they say to each
// other by runs on agents in one process.
var (
	deals    = test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestEachArrival|TestDueOf|TestNumbersAre"}
	merges   = test{dir: "cmd/loadgen", pkg: "./internal/agents", run: "TestMerging|TestPieces|TestUnsent|TestWhatAnAgent|TestInterval|TestHeirs|TestClocks|TestAllAgents"}
	onAgents = test{dir: "cmd/loadgen", pkg: "./internal/agents", run: "AgentDies|OneAgent"}
)

var loadgenMutants = []mutant{
	{
		name: "loadgen/a-share-has-its-neighbour's-arrivals",
		file: "cmd/loadgen/internal/engine/deal.go",
		old:  `n%s.Of == s.Index }`,
		new:  `n%s.Of >= s.Index }`,
		test: deals,
	},
	{
		name: "loadgen/a-part-of-a-share-is-of-the-whole-schedule",
		file: "cmd/loadgen/internal/engine/deal.go",
		old:  `	of := max(s.Of, 1)`,
		new:  `	of := uint64(1)`,
		test: deals,
	},
	{
		name: "loadgen/what-does-not-divide-is-dropped",
		file: "cmd/loadgen/internal/engine/deal.go",
		old: `		part++
`,
		new:  ``,
		test: deals,
	},
	{
		name: "loadgen/an-open-load-sends-what-is-due-at-its-end",
		file: "cmd/loadgen/internal/engine/part.go",
		old:  `		if s.at >= p.loads.End() {`,
		new:  `		if s.at > p.loads.End() {`,
		test: test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestOpenLoadEndsWithTheRun"},
	},
	{
		name: "loadgen/heirs-send-again-what-was-sent",
		file: "cmd/loadgen/internal/agents/merge.go",
		old: `			p.Requests -= begun
`,
		new:  ``,
		test: merges,
	},
	{
		name: "loadgen/heirs-begin-with-the-schedule",
		file: "cmd/loadgen/internal/agents/merge.go",
		old:  `			p.From = max(p.From, from)`,
		new:  `			p.From = min(p.From, from)`,
		test: merges,
	},
	{
		name: "loadgen/a-piece-that-comes-twice-counts-twice",
		file: "cmd/loadgen/internal/agents/merge.go",
		old:  `	if p.Number != t.last+1 {`,
		new:  `	if p.Number > t.last+1 {`,
		test: merges,
	},
	{
		name: "loadgen/a-piece-that-is-read-is-read-once-more",
		file: "cmd/loadgen/internal/agents/pulse.go",
		old:  `	if number == p.reading {`,
		new:  `	if number < p.reading {`,
		test: merges,
	},
	{
		name: "loadgen/a-late-piece-makes-an-interval-that-was-told",
		file: "cmd/loadgen/internal/agents/merge.go",
		old:  `	i := max(m.index(p.Start), m.told)`,
		new:  `	i := m.index(p.Start)`,
		test: merges,
	},
	{
		name: "loadgen/an-interval-is-told-when-the-first-agent-has",
		file: "cmd/loadgen/internal/agents/result.go",
		old:  `		through = min(through, m.tally.through)`,
		new:  `		through = max(through, m.tally.through)`,
		test: merges,
	},
	{
		name: "loadgen/what-was-not-sent-counts-twice",
		file: "cmd/loadgen/internal/agents/merge.go",
		old:  `	p.Counts.ClearUnsent()`,
		new:  `	//`,
		test: merges,
	},
	{
		name: "loadgen/steps-are-taken-for-iterations",
		file: "cmd/loadgen/internal/stats/total.go",
		old:  `	case iterations == 0:`,
		new:  `	case iterations >= 0:`,
		test: merges,
	},
	{
		name: "loadgen/the-slowest-look-at-a-clock-counts",
		file: "cmd/loadgen/internal/agents/sync.go",
		old:  `		if x.trip() < best.trip() {`,
		new:  `		if x.trip() > best.trip() {`,
		test: merges,
	},
	{
		name: "loadgen/the-way-to-a-clock-takes-no-time",
		file: "cmd/loadgen/internal/agents/sync.go",
		old:  `		clock: best.other.Clock - best.before.Clock - half,`,
		new:  `		clock: best.other.Clock - best.before.Clock,`,
		test: merges,
	},
	{
		name: "loadgen/what-a-lost-agent-had-begun-is-unsent",
		file: "cmd/loadgen/internal/agents/members.go",
		old:  `		r.unsent += due - m.tally.taken`,
		new:  `		r.unsent += due`,
		test: onAgents,
	},
	{
		name: "loadgen/what-the-second-lost-agent-left-is-taken-for-the-first-one's",
		file: "cmd/loadgen/internal/agents/members.go",
		old: `		s.mores++
`,
		new:  ``,
		test: onAgents,
	},
	{
		name: "loadgen/a-server-that-allows-no-streams-is-waited-for-without-end",
		file: "cmd/loadgen/internal/engine/http2.go",
		old:  "c.settled && c.maxStreams > 0, err",
		new:  "c.settled, err",
		test: test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestHTTP2WithoutStreams"},
	},
	{
		name: "loadgen/a-server-that-allows-no-more-streams-is-waited-for-without-end",
		file: "cmd/loadgen/internal/engine/http2frames.go",
		old:  "	if c.settled && c.maxStreams == 0 {",
		new:  "	if false {",
		test: test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestRunCountsWhatHTTP2ServersDo"},
	},
	{
		name: "loadgen/a-request-goes-out-for-each-reply-of-those-that-came-together",
		file: "cmd/loadgen/internal/engine/exchange.go",
		old:  "if left--; left <= 0 ||",
		new:  "if left--; left > -99 ||",
		test: test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestRequestsOfOneRead"},
	},
	{
		name: "loadgen/an-interval-after-the-end-is-asked-for-less-than-nothing",
		file: "cmd/loadgen/internal/engine/report.go",
		old:  "	from, to = min(from, l.End()), min(to, l.End())\n",
		new:  "	to = min(to, l.End())\n",
		test: test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestLoadsAskForNothingAfterTheEnd"},
	},
	{
		name: "loadgen/h2-reply-cut-short-is-good",
		file: "cmd/loadgen/internal/engine/http2.go",
		old:  `wrong != nil {`,
		new:  `wrong != nil && s.size > s.length {`,
		test: test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestHTTP2LengthOfAReply"},
	},
	{
		name: "loadgen/h2-length-of-a-table-is-not-looked-at",
		file: "cmd/loadgen/internal/engine/http2frames.go",
		old:  `c.asks = !told`,
		new:  `c.asks = !told && c.looked != nil`,
		test: test{dir: "cmd/loadgen", pkg: "./internal/engine", run: "TestHTTP2LengthOfAReply"},
	},
}
