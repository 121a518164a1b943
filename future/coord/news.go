package coord

import (
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// news is how far something has come that many follow, each at its own pace: a word that grows by newsStep
// with each event and whose lowest bit says that there will be none any more, and a line for those who have seen
// all of it.
//
// An event changes the word first and tells the line then; who waits joins the line first and looks at the word
// then. Being told is no more than a reason to look: who has seen the event otherwise waits on.
type news struct {
	_    word.Align64
	at   word.Uint64
	line waitlist.List
}

const (
	newsOver = 1
	newsStep = 2
)

// add notes an event, which tell tells.
func (n *news) add() { n.at.Add(newsStep) }

func (n *news) tell() { n.line.NotifyAll(nil) }

// end says that there will be no more events. It is called once.
func (n *news) end() {
	n.at.Add(newsOver)
	n.line.Close(nil)
}

// now returns where it stands, and whether that is the end.
func (n *news) now() (at uint64, over bool) {
	v := n.at.Load()
	return v &^ newsOver, v&newsOver != 0
}

// look reports whether there is more than was seen, and whether no more will come. If neither, the node
// waits.
func (n *news) look(seen uint64, node *waitlist.Node, w waker.Waker) (more, over bool) {
	at, over := n.now()
	if at != seen || over {
		return at != seen, over
	}
	if n.line.Wait(node, w) == waitlist.Notified {
		n.line.Wait(node, w) // it was told of what had been seen
	}
	at, over = n.now()
	return at != seen, over
}
