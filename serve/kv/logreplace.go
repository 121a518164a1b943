package kv

import (
	"github.com/magpie-go/magpie/internal/word"
)

// takeover has the log's goroutine go on in another file.
type takeover struct {
	by  *rewrite
	err chan error
}

// offset returns where in the file the byte is that is counted as the n-th.
func (l *appendLog) offset(n uint64) int64 { return l.start.Load() + int64(n) }

// size returns how long the file is.
func (l *appendLog) size() int64 { return l.offset(l.safe.Load()) }

// replaceBy has the log go on in the file of r, once that has all that the log has. After an error it goes on as it was, unless
// that was of a file that is in its place already.
func (l *appendLog) replaceBy(r *rewrite) error {
	t := takeover{r, make(chan error, 1)}
	l.newLog <- t
	return <-t.err
}

// take is the log's goroutine's part. All that was appended has been written, or the log has failed.
func (l *appendLog) take(r *rewrite) error {
	if failed := l.failed.Load(); failed != nil {
		return *failed
	}
	safe := l.safe.Load()
	renamed, err := r.become(l.offset(safe))
	if !renamed {
		return err
	}
	if err != nil {
		l.fail(err) // which of the two a crash of the machine leaves is not known
	}
	old := l.file
	l.file, r.file = r.file, nil
	l.start.Store(r.written - int64(safe))
	l.grow.base.Store(r.written)
	if closing := old.Close(); err == nil {
		err = closing
	}
	return err
}

// growth is when the log is rewritten by itself.
type growth struct {
	percent int
	begin   func()     // nil: never
	base    word.Int64 // how long the log was when it was opened, or rewritten
	last    int64      // at which length begin was called
}

const (
	defaultGrowth = 100
	smallLog      = 64 << 20 // not worth it, as in Redis
)

// growsBy says when begin is to be called. It is called before anything is appended.
func (l *appendLog) growsBy(percent int, begin func()) {
	if percent == 0 {
		percent = defaultGrowth
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	if percent > 0 {
		l.grow.percent, l.grow.begin = percent, begin
	}
}

// look calls begin if the log has grown by so much, and again if it goes on growing.
func (g *growth) look(size int64) {
	base := g.base.Load()
	if g.begin == nil || size < smallLog || (size-base)/int64(g.percent) < base/100 || size-g.last < smallLog/4 && g.last > base {
		return
	}
	g.last = size
	g.begin()
}

// persistence is what INFO tells of the log.
func (kv *Server) persistence() []any {
	fields := []any{"loading", 0, "aof_enabled", 0}
	if kv.log == nil {
		return fields
	}
	fields[3] = 1
	w := &kv.rewrites
	w.lock.Lock()
	busy, last, began := 0, "ok", w.began
	if w.done != nil {
		busy = 1
	}
	if w.last != nil {
		last = "err"
	}
	w.lock.Unlock()
	written := "ok"
	if kv.log.failed.Load() != nil {
		written = "err"
	}
	return append(fields, "aof_rewrite_in_progress", busy, "aof_rewrites", began, "aof_last_bgrewrite_status", last, "aof_last_write_status", written,
		"aof_current_size", kv.log.size(), "aof_base_size", kv.log.grow.base.Load())
}

// rewriteLog answers BGREWRITEAOF.
func rewriteLog(c *call) {
	switch _, err := c.kv.startRewrite(); err {
	case nil:
		c.simple("Background append only file rewriting started")
	case errRewriting:
		c.fail("ERR Background append only file rewriting already in progress")
	default:
		c.fail("ERR " + err.Error())
	}
}
