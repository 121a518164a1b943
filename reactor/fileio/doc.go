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
// # Buffers
//
// From the first poll on, a buffer belongs to the operation, until that is Ready. It may
// be read or written by another goroutine meanwhile, and must not be touched.
//
// # Giving up
//
// An operation that is dropped before its goroutine began is not carried out. Later than
// that nothing can stop it: it finishes in the background on its own, its result is
// thrown away, and its buffer never comes back to the caller. Two care about what they
// hold: a dropped [Open], [Create] or [OpenFile] closes the file if it was opened, and a
// dropped [File.Close] closes all the same.
//
// # Errors
//
// They are *fs.PathError, as those of package os, and errors.Is finds fs.ErrNotExist,
// fs.ErrClosed and so on in them; but for io.EOF, which is bare. A zero File, or a nil
// one, fails with fs.ErrInvalid.
package fileio
