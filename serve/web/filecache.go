package web

import (
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/wire/http1"
)

// fileCache has the files that were asked for of late, open or whole, so that a worker can send them without a system call that may
// wait for a disk.
//
// Protocol: everything here but root is guarded by lock, which is held for a look at a map. What a file is (openFile's fields above
// users) is not changed once it is in the map. Goroutines that have opened a file note it; one that was noted in
// a second is taken during that second and the next one. Who takes a file lets it go. A file leaves the map when it turned out to be
// another one, was not taken for fileStays seconds, or there are too many; it is closed by whoever lets it
// go last, or by who takes it out if nobody has it.
//
// Invariant: a descriptor that is being sent is open: users counts who sends it, and one that is out of the map and has no users
// is closed once.
//
// Rejected: opening on the worker, at each request (a look-up may wait for a disk, and costs as much as sending
// 20 KB); a look at the file on the worker before it is sent (it may wait, too).
type fileCache struct {
	root *os.Root
	lock spin.Lock
	open map[string]*openFile
}

const (
	maxOpenFiles = 256
	fileStays    = 5 // seconds
)

// openFile is a file.
type openFile struct {
	cache    *fileCache
	f        *os.File // nil if content is there
	info     fs.FileInfo
	content  []byte // all of a small one
	size     int64
	at       time.Time
	modified []byte // the field Last-Modified
	typ      string

	users   int   // that send it
	checked int64 // the second in which it was last seen to be the same
	taken   int64 // the second in which it was last taken
	out     bool  // of the map
}

func newFileCache(root *os.Root) *fileCache {
	return &fileCache{root: root, open: map[string]*openFile{}}
}

// take returns a file that is known, for the caller to let go; nil if it is not.
func (c *fileCache) take(name []byte, now int64) *openFile {
	c.lock.Lock()
	defer c.lock.Unlock()
	f := c.open[string(name)]
	if f == nil || now-f.checked > 1 {
		return nil
	}
	f.users++
	f.taken = now
	return f
}

// letGo gives a file back.
func (c *fileCache) letGo(f *openFile) {
	c.lock.Lock()
	f.users--
	last := f.out && f.users == 0
	c.lock.Unlock()
	if last {
		f.close()
	}
}

func (f *openFile) close() {
	if f.f != nil {
		_ = f.f.Close() // it was read only
	}
}

// note is told of a file that was opened a moment ago, by a goroutine, which may block. f stays the caller's.
func (c *fileCache) note(name string, f *os.File) {
	now := time.Now().Unix()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.ModTime().Unix() == 0 {
		return
	}
	if c.confirm(name, info, now) {
		return
	}
	if n := c.newFile(name, info, now); n != nil {
		c.put(name, n)
	}
}

// confirm reports whether a file is the one that is known, and says that it was so now.
func (c *fileCache) confirm(name string, info fs.FileInfo, now int64) bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	f := c.open[name]
	if f == nil || !f.is(info) {
		return false
	}
	f.checked = now
	return true
}

func (f *openFile) is(info fs.FileInfo) bool {
	return f.size == info.Size() && f.at.Equal(info.ModTime()) && os.SameFile(f.info, info)
}

// newFile opens a file, which should be the one that info is of; nil if it is not.
func (c *fileCache) newFile(name string, info fs.FileInfo, now int64) *openFile {
	f, err := c.root.Open(inRoot(name))
	if err != nil {
		return nil
	}
	n := &openFile{cache: c, f: f, info: info, size: info.Size(), at: info.ModTime(), checked: now, taken: now}
	if again, err := f.Stat(); err != nil || !n.is(again) {
		n.close()
		return nil
	}
	if n.typ, err = sniffed(name, f); err == nil && n.size < notCopied {
		n.content = make([]byte, n.size)
		_, err = io.ReadFull(io.NewSectionReader(f, 0, n.size), n.content)
		n.close()
		n.f = nil
	}
	if err != nil {
		n.close()
		return nil
	}
	n.modified = http1.AppendField(nil, "Last-Modified", n.at.UTC().Format(http.TimeFormat))
	return n
}

// put makes a file known, in place of another one of its name.
func (c *fileCache) put(name string, n *openFile) {
	var gone []*openFile
	c.lock.Lock()
	if old := c.open[name]; old != nil {
		gone = c.remove(gone, name, old)
	}
	if len(c.open) >= maxOpenFiles {
		n.out = true
		gone = append(gone, n)
	} else {
		c.open[name] = n
	}
	c.lock.Unlock()
	closeAll(gone)
}

// remove takes a file out of the map, and appends it if it is to be closed. The lock is held.
func (c *fileCache) remove(gone []*openFile, name string, f *openFile) []*openFile {
	delete(c.open, name)
	f.out = true
	if f.users == 0 {
		gone = append(gone, f)
	}
	return gone
}

// sweep takes out what was not taken of late. Servers call it each second, and once more when they end, with no now: then all goes.
func (c *fileCache) sweep(now int64) {
	var gone []*openFile
	c.lock.Lock()
	for name, f := range c.open {
		if now == 0 || now-f.taken > fileStays {
			gone = c.remove(gone, name, f)
		}
	}
	c.lock.Unlock()
	closeAll(gone)
}

func closeAll(files []*openFile) {
	for _, f := range files {
		f.close()
	}
}
