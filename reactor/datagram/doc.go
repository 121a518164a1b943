// Package datagram is frames in datagrams: what package codec does with a stream of bytes, for the packets of a netio.PacketConn, each
// of which has an address.
//
//	f := datagram.NewFramed(conn, &codec.Lines{})
//	for {
//		m, err := future.Next(f).Await(co)
//		if err != nil {
//			return err
//		}
//		if _, err := f.Send(answer(m.Frame), m.Addr).Await(co); err != nil {
//			return err
//		}
//	}
//
// A frame is sent as one datagram. One that arrives may have several frames, or none; a frame never goes on in the next
// datagram. The codecs of package codec are used as they are. With [Whole] a frame is a datagram, also one without any bytes.
//
// # Who owns the bytes
//
// As in package codec: a frame that has come may be a part of the buffer that was read into, and is good until the stream is polled for the next one. What
// is sent is copied when it is taken.
package datagram
