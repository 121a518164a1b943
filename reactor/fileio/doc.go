// Package fileio is files as futures.
//
// A file is always "ready" to a poller, yet reading it may wait for a disk, so there is
// nothing for a reactor to watch: every operation runs on a goroutine of a pool,
// [Pool] or [WaitPool], and the thread that polls never waits. An operation costs a
// hand-over to that goroutine and back, some microseconds, and a few allocations; ask
// for more bytes at a time rather than more often.
//
//	f, err := fileio.Create("hello.txt").Await(co)
//	if err != nil {
//		return err
//	}
//	_, err = f.WriteAll([]byte("hello world!")).Await(co)
//	_, closeErr := f.Close().Await(co)
//	return errors.Join(err, closeErr)
//
// As with every future, an operation begins at its first poll: f.Close() alone, without
// somebody who awaits it, closes nothing.
//
// # What there is
//
// Open files are read, written, moved in, measured, synced, locked and copied between by methods of
// [File]. What takes names ([Rename], [MkdirAll], [Stat] and so on) is called as in package os.
// [Entries] is a folder as a stream, [CreateTemp] a file for a while, [CopyFile] a copy that
// the file system makes if it can, and [Replace] a file that is never seen half written.
//
// [File.ReadBuffers], [File.WriteBuffers] and their like at an offset move several buffers by one operation, and by one
// call of the system where that has readv and writev.
//
// A File is also a reader and a writer for what polls, by [File.PollRead] and [File.PollWrite], so that what
// buffers, splits into lines and decodes connections does it with files too.
//
// # Buffers
//
// From the first poll on, a buffer belongs to the operation, until that is Ready. It may
// be read or written by another goroutine meanwhile, and must not be touched. PollRead and PollWrite
// touch theirs during the poll alone.
//
// # Giving up
//
// An operation that is dropped before its goroutine began is not carried out. Later than
// that nothing can stop it: it finishes in the background on its own, its result is
// thrown away, and its buffer never comes back to the caller. Those that have got something which
// somebody would have to give back do it themselves: a dropped [Open], [Create] or [OpenFile] closes
// the file if it was opened, [CreateTemp] and [MkdirTemp] remove what they made, [File.Lock] unlocks,
// and a stream of [Entries] closes the folder. A dropped [File.Close] or [File.Release]
// closes all the same, and a copy stops after the
// step that is under way.
//
// # Errors
//
// They are *fs.PathError, as those of package os (*os.LinkError where there are two names), and errors.Is
// finds fs.ErrNotExist, fs.ErrClosed and so on in them; but for io.EOF, which is bare. A zero File, or a nil
// one, fails with fs.ErrInvalid.
package fileio
