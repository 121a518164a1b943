package coord

import "github.com/magpie-go/magpie/internal/word"

// senderCount counts the senders of a channel, which has ended when there are none but weak ones.
type senderCount struct{ strong, weakOnes word.Int32 }

// addSender counts another sender, unless all were closed.
func (c *senderCount) addSender() bool {
	for {
		n := c.strong.Load()
		if n == 0 {
			return false
		}
		if c.strong.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// lessSender counts a sender less, and reports whether it was the last.
func (c *senderCount) lessSender() bool { return c.strong.Dec() == 0 }

func (c *senderCount) senderCounts() (strong, weak int) {
	return int(c.strong.Load()), int(c.weakOnes.Load())
}
