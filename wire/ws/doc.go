// Package ws has the WebSocket protocol (RFC 6455) and its compression (RFC 7692) as machines over byte slices, without I/O:
// frames, closing, the key of the handshake, what is negotiated. Servers and clients share it.
//
// A message is one frame, or several fragments, between which control frames may come: ping, pong and close. Frames of a
// client are masked, those of a server are not. [Reader] takes them off what was read, in pieces of any size:
//
//	for len(p) > 0 {
//		e, n, err := r.Next(p)    // err: answer CloseOf(err), and close
//		if n == 0 {
//			break                 // incomplete: call again with the same bytes and more
//		}
//		p = p[n:]
//		switch e.Op {             // e.Data is part of p, unmasked in place
//		case ws.Text, ws.Binary:  // a piece of a message, e.Final: its last one
//		case ws.Ping:             // answer by a pong with e.Data
//		case ws.Close:            // answer by a close, and end
//		}
//	}
//
// Content is handed out as it comes, so a message is not limited by a buffer, and one that breaks the rules is refused at the
// first byte that does: text is checked to be UTF-8 byte by byte across fragments.
//
// # Strictness
//
// Reserved bits and opcodes, masks on the wrong side or missing, lengths not in their shortest form, control frames that are
// fragmented or longer than 125 bytes, fragments out of order, close codes that may not be sent and reasons that are not
// UTF-8 are errors, as are frames and messages beyond the limits.
package ws
