// Package agents puts one load on a server from several machines: agents wait for work at a NATS server, and a coordinator deals a
// run out to them, starts them together, and adds up what they count.
//
// # What is exact
//
// The load: each arrival of its schedule, each connection and each request of -n is one agent's (engine.Loads.Deal). The
// figures: agents send what they counted as it is, histograms included, and the coordinator adds up (stats.Total), so that a
// percentile is that of all requests of all agents. The start: agents begin at one moment, as far as their clocks can be
// compared; how far that is, is measured and told (sync.go).
//
// # Messages
//
// All are JSON, in requests that have a reply. Who gets no reply sends again, so each is made to be taken twice: a message says
// what is to be the case, or has a number, and one that was taken before is only answered. There is no other
// protection against loss, and none is needed. NATS itself stores nothing.
//
//	on loadgen.call, to whoever has nothing to do, again and again while agents are missing
//	  call     a run looks for agents
//	on loadgen.agent.ID, to one agent
//	  claim    be of this run
//	  refuse   you cannot, and here is why
//	  probe    what is your clock?
//	  job      flags, names of files, and your portion of the load
//	  start    begin when your clock is there
//	  more     the portion of an agent that is gone, numbered, from this time of the load on
//	  stop     end now, and report
//	  release  nothing is wanted of you any more
//	on loadgen.run.ID, to the coordinator
//	  hello    I have nothing to do, and am of this version
//	  beat     I live
//	  file     the content of a file from this byte on?
//	  ready    I have all I need; or why not
//	  piece    what I counted in one interval, numbered
//	  done     all pieces are sent; what there is to tell of the whole run
//
// Pieces go one after the other, each when the one before has its reply. So the coordinator knows what is new by comparing
// with one number, and done is behind all of them.
//
// # States
//
//	agent        idle ──claim──> claimed ──job──> preparing ──ready──> waiting ──start──> running ──> reporting ──> idle
//	coordinator  gathering ──> preparing ──> comparing clocks ──> running ──> stopping ──> over
//
// # What happens when something is lost
//
//	a message            it is sent again, until the other side has been silent for the timeout
//	an agent, before     it is left out, and another one is waited for; once all are there, the run fails
//	  the start
//	an agent, running    it is silent for the timeout. What it reported counts. Either the others stop and the run fails, or
//	                     they take its portion over, from a moment that lies a little ahead. What it was to send after its last
//	                     report and until then counts as not sent: nobody knows whether it did
//	an agent, after its  nothing: all is known that there is to know
//	  report
//	an agent that comes  its messages are answered with that it is out: it stops, and waits for work. What it sends late
//	  back               counts no more, as others have sent that by now
//	the coordinator      agents have no reply for the timeout: they stop and wait for work
//	the NATS server      the same, for both sides; a coordinator with its own server takes that with it
//
// Rejected: JetStream, which stores messages until they are taken. It would save the numbers, and ask every user for a server with a
// disk. Percentiles, or their digests, in the reports: they cannot be added up.
package agents
