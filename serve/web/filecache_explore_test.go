//go:build explore && unix

package web

import (
	"os"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// modelFile is a file of the cache that is open.
func modelFile(c *fileCache, now int64) *openFile {
	f, err := os.Open(os.DevNull)
	if err != nil {
		panic(err)
	}
	return &openFile{cache: c, f: f, checked: now, taken: now}
}

func isOpen(f *openFile) bool {
	_, err := f.f.Stat()
	return err == nil
}

// A file that is replaced, and swept, while two send it is open as long as one of them does, and closed after that.
func TestModelFileCache(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		const now = 100
		c := newFileCache(nil)
		x.Label("cache", c)
		first, second := modelFile(c, now), modelFile(c, now)
		c.put("/f", first)
		for range 2 {
			x.Go("sender", func() {
				f := c.take([]byte("/f"), now)
				if f == nil {
					return
				}
				c.lock.Lock() // others may run before
				x.Assert(isOpen(f), "a file that is taken is closed")
				c.lock.Unlock()
				c.letGo(f)
			})
		}
		x.Go("opener", func() { c.put("/f", second) })
		x.Go("clock", func() { c.sweep(now + fileStays + 1) })
		x.Finally(func() {
			c.sweep(0)
			x.Assert(!isOpen(first) && !isOpen(second), "the first is open: %v, the second: %v", isOpen(first), isOpen(second))
			first.close() // whatever went wrong
			second.close()
		})
	})
}
