package kv

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
)

// How the log is replaced by a shorter one, which has the keys as they are instead of how they became so (BGREWRITEAOF).
//
// The new log is the keys as they were at one moment, and behind them what was logged from then on.
//
// Protocol: rewrites.now is set, and where the log ends is noted, while all shards are locked: that is the moment, which no
// command is in the middle of. From then on a command that may change a key keeps the key's shard before it does: it appends all keys of the shard
// to parts, unless somebody has done so. A goroutine goes through the shards, keeps those that nobody has kept, and
// writes the parts to a file beside the log. kept and parts of a shard are guarded by its lock. Then the goroutine
// copies what was logged meanwhile from the log. The rest of that is copied by the goroutine of the log, which writes
// nothing meanwhile, forces the new file to the disk, and renames it to the log's name.
//
// Invariant: until the file is renamed the log has everything, and the file is nothing; after that the file has everything. So it does not matter
// where a crash comes.
//
// What is deleted because its time is over needs no shard kept: the log says DEL, which of a key that is not in the snapshot is nothing.
//
// Rejected: a copy of all keys while everything is locked, which stands still for as long as that takes (100 ms with a
// million keys); and a fork, as Redis does it, which a program of many threads cannot do. What is paid instead: the first
// command to a shard takes as long as it takes to copy 1/256 of all keys, and what is kept is in memory until it is written.
type rewrites struct {
	lock    spin.Lock
	closed  bool
	done    chan struct{} // of the one under way; nil if none is
	last    error         // of the last one
	began   int64         // how many there were
	now     word.Pointer[rewrite]
	aborted word.Bool

	step func(string) // in tests: told of each step before it is taken
}

// rewrite is one that is under way.
type rewrite struct {
	kept  [shards]bool
	parts [shards][]byte

	name    string
	file    *os.File // the new log
	old     *os.File // the log, to be read
	from    int64    // up to where it has been copied, or need not be
	written int64    // bytes of file
	step    func(string)
}

// Why a log is not rewritten.
var (
	errNoLog     = errors.New("kv: there is no log")
	errRewriting = errors.New("kv: the log is being rewritten already")
	errClosed    = errors.New("kv: the server is closed")
)

// besideLog is the name of the file that is to become the log.
func besideLog(name string) string { return name + ".rewrite" }

// RewriteLog replaces the log by a shorter one with what there is now, and waits for that; clients are served meanwhile, and what they
// change is not lost. It is what BGREWRITEAOF does, which does not wait. An error leaves the log as it was; one is how it ends where the system
// does not let a file be replaced that is open, as Windows. It blocks.
func (kv *Server) RewriteLog() error {
	done, err := kv.startRewrite()
	if err != nil {
		return err
	}
	<-done
	return kv.rewrites.status()
}

// startRewrite has a goroutine rewrite the log.
func (kv *Server) startRewrite() (done chan struct{}, err error) {
	if kv.log == nil {
		return nil, errNoLog
	}
	w := &kv.rewrites
	w.lock.Lock()
	defer w.lock.Unlock()
	switch {
	case w.closed:
		return nil, errClosed
	case w.done != nil:
		return nil, errRewriting
	}
	w.done = make(chan struct{})
	w.began++
	go kv.rewriteLog(w.done)
	return w.done, nil
}

// status returns what came of the last one.
func (w *rewrites) status() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.last
}

// close ends the one that is under way, and lets none begin.
func (w *rewrites) close() {
	w.lock.Lock()
	w.closed = true
	done := w.done
	w.lock.Unlock()
	if done != nil {
		w.aborted.Store(true)
		<-done
	}
}

func (kv *Server) rewriteLog(done chan struct{}) {
	w := &kv.rewrites
	r := &rewrite{name: kv.config.Log, step: w.step}
	if r.step == nil {
		r.step = func(string) {}
	}
	err := kv.takeSnapshot(r)
	w.now.Store(nil) // nobody keeps anything any more
	if err == nil {
		err = kv.log.replaceBy(r)
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("kv: the log was not rewritten: %w", err), r.giveUp())
	}
	if r.old != nil {
		_ = r.old.Close()
	}
	w.lock.Lock()
	w.last, w.done = err, nil
	w.lock.Unlock()
	close(done)
}

// giveUp removes the file that has not become the log.
func (r *rewrite) giveUp() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.file.Close(), os.Remove(besideLog(r.name)))
}

// takeSnapshot writes all keys to a new file, and what was logged meanwhile, up to a little.
func (kv *Server) takeSnapshot(r *rewrite) (err error) {
	r.step("open")
	if r.old, err = os.Open(r.name); err != nil {
		return err
	}
	if r.file, err = os.OpenFile(besideLog(r.name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600); err != nil {
		return err
	}
	kv.lockAll()
	r.from = kv.log.offset(kv.log.appended.Load())
	kv.rewrites.now.Store(r)
	kv.unlockAll()
	for i := range kv.shards {
		if kv.rewrites.aborted.Load() {
			return errClosed
		}
		r.step("shard")
		s := &kv.shards[i]
		s.lock.Lock()
		r.keep(kv, i)
		part := r.parts[i]
		r.parts[i] = nil
		s.lock.Unlock()
		n, err := r.file.Write(part)
		if r.written += int64(n); err != nil {
			return err
		}
	}
	r.step("sync the snapshot")
	if err := r.file.Sync(); err != nil {
		return err
	}
	const little = 1 << 20
	for {
		r.step("copy what was logged")
		end := kv.log.offset(kv.log.safe.Load())
		if end-r.from < little {
			return nil
		}
		if err := r.copyTo(end); err != nil {
			return err
		}
	}
}

// keep appends the keys of a shard, which is locked, to its part, unless they are there already.
func (r *rewrite) keep(kv *Server, i int) {
	if !r.kept[i] {
		r.kept[i] = true
		r.parts[i] = kv.shards[i].appendAll(nil)
	}
}

// keepFor keeps the shards of a command that may change them, before it does.
func (r *rewrite) keepFor(c *call, cmd *command) {
	if cmd.first == 0 {
		return // it deletes everything: what is not kept yet was not changed since the snapshot, and is of no use before the FLUSHALL that comes
	}
	var set shardSet
	set.keys(c.kv, cmd, c.args)
	set.eachIndex(func(i int) { r.keep(c.kv, i) })
}

// copyTo copies the log up to an offset.
func (r *rewrite) copyTo(end int64) error {
	n, err := io.Copy(r.file, io.NewSectionReader(r.old, r.from, end-r.from))
	r.from += n
	r.written += n
	if err == nil && r.from != end {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// become copies the rest of the log, and puts the file in its place. renamed reports whether it is there, whatever the error.
func (r *rewrite) become(end int64) (renamed bool, err error) {
	r.step("copy the rest")
	if err := r.copyTo(end); err != nil {
		return false, err
	}
	r.step("sync")
	if err := r.file.Sync(); err != nil {
		return false, err
	}
	r.step("rename")
	if err := os.Rename(besideLog(r.name), r.name); err != nil {
		return false, err
	}
	r.step("sync the folder")
	return true, syncFolder(filepath.Dir(r.name))
}
