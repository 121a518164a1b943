package kv

import (
	"math"
	"slices"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/resp"
)

// hub knows who listens to what.
//
// Protocol: lock guards both maps. A list in them is only ever appended to, or replaced by a shorter copy, so a
// publisher takes it under the lock and delivers outside: with 10,000 subscribers that takes a millisecond, in
// which nobody else waits. A subscriber who has left meanwhile is known by his subscription: it is marked gone under his
// mailbox's lock, under which messages are put there.
//
// So the messages of one publisher come in their order, and those of two on the same channel may come to two
// subscribers in different orders. Rejected: a lock a channel held while delivering, for which others would spin.
type hub struct {
	lock     spin.Lock
	channels map[string][]*subscription
	patterns map[string][]*subscription
}

type subscription struct {
	box  *mailbox
	name string
	gone bool // guarded by box.lock
}

// mailbox is what is to be sent to a subscriber. A message is one slice, shared by all mailboxes it is in.
type mailbox struct {
	lock     spin.Lock
	messages [][]byte
	bytes    int
	v        resp.Version
	over     bool // cut, or the connection has ended
	cut      bool

	waker waker.AtomicWaker // of the connection
	any   word.Bool         // there is something for it to look at

	// Only the connection's polls touch these.
	channels, patterns map[string]*subscription
}

func (b *mailbox) subscribed() bool { return len(b.channels)+len(b.patterns) > 0 }

// speak changes the form of messages that come from now on, and appends those that are there: what follows is told in the new form.
func (b *mailbox) speak(out []byte, v resp.Version) []byte {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.v = v
	return b.drain(out, math.MaxInt)
}

// message is what is published, in the forms that its subscribers speak.
type message struct {
	pattern       string // empty: to a channel
	channel, text []byte
	forms         [2][]byte
}

func (m *message) in(v resp.Version) []byte {
	form := &m.forms[0]
	if v >= resp.V3 {
		form = &m.forms[1]
	}
	if *form == nil {
		var b []byte
		if m.pattern == "" {
			b = resp.AppendBulk(v.AppendPush(b, 3), "message")
		} else {
			b = resp.AppendBulk(resp.AppendBulk(v.AppendPush(b, 4), "pmessage"), m.pattern)
		}
		*form = resp.AppendBulk(resp.AppendBulk(b, m.channel), m.text)
	}
	return *form
}

// post puts a message into the mailbox of a subscriber, and reports whether he is still there. One who has let more
// gather than limit is cut.
func (s *subscription) post(kv *Server, m *message) bool {
	b := s.box
	b.lock.Lock()
	if s.gone || b.over {
		b.lock.Unlock()
		return false
	}
	form := m.in(b.v)
	if b.bytes+len(form) > kv.config.MaxUnread {
		b.over, b.cut, b.messages = true, true, nil
		kv.cut.Add(1)
	} else {
		b.messages = append(b.messages, form)
		b.bytes += len(form)
	}
	posted := !b.over
	b.lock.Unlock()
	b.any.Store(true)
	b.waker.Wake()
	return posted
}

// take appends up to most bytes of messages, and at least one message if there is one. cut says that the subscriber is
// to be disconnected.
func (b *mailbox) take(out []byte, most int) (_ []byte, cut bool) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.drain(out, most), b.cut
}

func (b *mailbox) drain(out []byte, most int) []byte {
	n := 0
	for n < len(b.messages) && len(out) < most {
		out = append(out, b.messages[n]...)
		b.bytes -= len(b.messages[n])
		n++
	}
	clear(b.messages[:n])
	if b.messages = b.messages[n:]; len(b.messages) == 0 {
		b.messages = nil // an idle subscriber holds no room
		b.any.Store(b.cut)
	}
	return out
}

// close has nothing more be posted.
func (b *mailbox) close() {
	b.lock.Lock()
	b.over, b.messages = true, nil
	b.lock.Unlock()
	wake.Forget(&b.waker)
}

func (h *hub) lists(pattern bool) *map[string][]*subscription {
	if pattern {
		return &h.patterns
	}
	return &h.channels
}

func (h *hub) add(s *subscription, pattern bool) {
	h.lock.Lock()
	defer h.lock.Unlock()
	lists := h.lists(pattern)
	if *lists == nil {
		*lists = map[string][]*subscription{}
	}
	(*lists)[s.name] = append((*lists)[s.name], s)
}

func (h *hub) remove(s *subscription, pattern bool) {
	s.box.lock.Lock()
	s.gone = true
	s.box.lock.Unlock()
	h.lock.Lock()
	defer h.lock.Unlock()
	lists := *h.lists(pattern)
	old := lists[s.name]
	if len(old) == 1 {
		delete(lists, s.name)
		return
	}
	i := slices.Index(old, s)
	lists[s.name] = append(slices.Clone(old[:i]), old[i+1:]...)
}

// publish returns how many subscribers got it.
func (h *hub) publish(kv *Server, channel, text []byte) (n int) {
	h.lock.Lock()
	direct := h.channels[string(channel)]
	var matching [][]*subscription
	for pattern, list := range h.patterns {
		if match([]byte(pattern), channel) {
			matching = append(matching, list)
		}
	}
	h.lock.Unlock()
	deliver := func(list []*subscription, m *message) {
		for _, s := range list {
			if s.post(kv, m) {
				n++
			}
		}
	}
	if len(direct) > 0 {
		deliver(direct, &message{channel: channel, text: text})
	}
	for _, list := range matching {
		deliver(list, &message{pattern: list[0].name, channel: channel, text: text})
	}
	return n
}

func (h *hub) channelCount() int {
	h.lock.Lock()
	defer h.lock.Unlock()
	return len(h.channels)
}

func (h *hub) patternCount() int {
	h.lock.Lock()
	defer h.lock.Unlock()
	return len(h.patterns)
}
