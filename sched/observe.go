package sched

import "time"

// What it costs to be watched.
//
// A worker has a pointer to what watches its polls, nil if nothing does: one comparison a poll, one at its end. A
// runtime has a word for each of two things that happen away from workers too, spawning and waking.
//
// A task notes when it was queued in a body around its own, which it is given when it is spawned, if waits are measured:
// there is no room in a header, and those who measure nothing would pay for it with every task. Who queues a task writes
// the note, and the worker that takes it from the queue reads it: both are the only ones, see state.go.
type observer struct {
	hooks *Hooks
	polls *durations // nil if they are not measured
	waits *durations
}

// observer returns what watches a worker's polls; nil if nothing does.
func (c *Config) observer() *observer {
	o := &observer{hooks: &c.Hooks}
	if c.Timing.Polls {
		o.polls = newDurations(c.Timing.Bounds)
	}
	if c.Timing.Waits {
		o.waits = newDurations(c.Timing.Bounds)
	}
	if o.polls == nil && o.waits == nil && c.Hooks.BeforePoll == nil && c.Hooks.AfterPoll == nil && c.Hooks.End == nil {
		return nil
	}
	return o
}

// times returns what has been measured. Any thread may call it; o may be nil.
func (o *observer) times() (t Times) {
	if o != nil {
		t = Times{o.polls.read(), o.waits.read()}
	}
	return t
}

// timed is the body of a task whose waits are measured.
type timed struct {
	body
	queued time.Duration
}

// beside is that of the body within.
func (t *timed) beside() *extras { return extrasOf(t.body) }

// noteQueued is called by who is about to queue a task.
func (rt *Runtime) noteQueued(h *header) {
	t, is := h.self.(*timed)
	if !is { // it is new
		t = &timed{body: h.self}
		h.self = t
	}
	t.queued = rt.now()
}

// watched is one poll that is watched.
type watched struct {
	h      *header
	begin  time.Duration // if polls are measured
	waited time.Duration // if waits are
	done   bool
}

// pollObserved polls the task that w.polling is.
func (w *worker) pollObserved(h *header) (done bool) {
	o := w.observer
	p := watched{h: h}
	if o.polls != nil || o.waits != nil {
		p.begin = w.rt.now()
	}
	if t, is := h.self.(*timed); is && o.waits != nil {
		p.waited = p.begin - t.queued
		o.waits.add(p.waited)
	}
	if o.hooks.BeforePoll != nil {
		w.rt.tellTask("BeforePoll", o.hooks.BeforePoll, p.info(w))
		if o.polls != nil {
			p.begin = w.rt.now()
		}
	}
	defer w.polled(&p) // also if it panics
	p.done = h.self.poll(&w.cx.Context)
	return p.done
}

func (p *watched) info(w *worker) TaskInfo {
	info := infoOf(w, p.h)
	info.Waited = p.waited
	return info
}

// polled is the end of a poll. After runtime.Goexit of AfterPoll nothing but what is deferred is done any more, so a task
// that was done is finished there; one that was not is failed by the loop.
func (w *worker) polled(p *watched) {
	o := w.observer
	if o.polls != nil {
		o.polls.add(w.rt.now() - p.begin)
	}
	if o.hooks.AfterPoll == nil {
		return
	}
	returned := false
	defer func() {
		if !returned && p.done {
			w.polling = nil
			w.cx.TakeAgain()
			w.finish(p.h)
		}
	}()
	w.rt.tellTask("AfterPoll", o.hooks.AfterPoll, p.info(w))
	returned = true
}
