// Package codec is frames in streams of bytes: lines, records between delimiters, messages with their length before
// them, or what a [Decoder] and an [Encoder] of your own say.
//
// A decoder finds frames in bytes and an encoder appends them to bytes; neither reads nor writes, so that both are
// tested without a connection. [FramedRead] is a stream of what a decoder finds in an aio.Reader, [FramedWrite] a sink (see package
// future/sink) of what an encoder makes for an aio.Writer, [Framed] both. Package datagram has them for datagrams.
//
//	f := codec.NewFramed(conn, &codec.Lines{Max: 1024})
//	for {
//		line, err := future.Next(f).Await(co)
//		if err == future.ErrEnd {
//			return nil
//		}
//		...
//		if _, err := f.Send(answer).Await(co); err != nil {
//			return err
//		}
//	}
//
// # Who owns the bytes
//
// The frames of the codecs here are parts of the buffer that was read into: they are good until the stream is polled for the
// next one, and cost no copy and no allocation. Who keeps one clones it. What is sent is copied
// into the buffer at once, and is the caller's again when Feed or Send is ready.
//
// # Limits
//
// A peer decides how long a frame is: each codec has a limit (Max) for it, and FramedRead one for its buffer. A line that is too long
// is one error, and then the rest of it is thrown away; a message that is too long ends the stream, before
// its bytes are read.
//
// A FramedWrite that holds as much as its high-water mark takes nothing more before some of that is written: a peer that
// does not read has the sender wait.
//
// # What a Drop in the middle loses
//
// Nothing of what is read: a wait for a frame that is given up leaves what has come in the buffer. A Send that is dropped
// may leave its frame in the buffer, whole, for the next flush ([SendOp.Fed] tells); it is never sent in part and then
// followed by another.
package codec
