package codec

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future/aio"
)

// Decoder finds frames in bytes.
type Decoder[T any] interface {
	// Decode looks for a frame at the beginning of src, which is what has come and was not used. It returns the frame and how
	// many bytes of src are used up, by it and before it. If there is no whole frame in src, it fails with
	// [ErrMore]: the bytes that it has not used come again with those that follow. end says that nothing
	// follows; Decode is called until it returns ErrMore then, also with an empty src. What it has noted of bytes that it
	// leaves is forgotten then: in a datagram (see package datagram) each call has all there is.
	//
	// The frame may be a part of src, which the caller leaves alone until the next call. Any other error is this
	// frame's: if bytes are used up, the next frame follows them; if none are, there will be no more.
	Decode(src []byte, end bool) (frame T, n int, err error)
}

// Encoder makes bytes of frames.
type Encoder[T any] interface {
	// Encode appends the bytes of a frame to dst. With an error nothing of the frame is sent. It does not
	// keep the frame.
	Encode(dst []byte, frame T) ([]byte, error)
}

// Codec is both. One task may decode while another one encodes.
type Codec[In, Out any] interface {
	Decoder[In]
	Encoder[Out]
}

var (
	// ErrMore is what a Decoder returns for bytes that are no whole frame yet. It is returned bare.
	ErrMore = errors.New("codec: more bytes are needed")

	// ErrTooLong is the error of a frame that is longer than its limit; it is that of package aio.
	ErrTooLong = aio.ErrTooLong
)

func tooLong(what string, n uint64, limit int) error {
	return fmt.Errorf("codec: %s of %d bytes, where %d are the limit: %w", what, n, limit, ErrTooLong)
}

// notNil panics at construction for what is missing.
func notNil(present bool, who, what string) {
	if !present {
		panic("codec: " + who + " with a nil " + what)
	}
}

// mustBe panics for a nil or zero value of a type that has to be made.
func mustBe(made bool, what, maker string) {
	if !made {
		panic("codec: a nil or zero " + what + ": " + maker + " makes them")
	}
}

// Bytes is the codec of bytes as they come: a frame is what has arrived. Its zero value is ready to use.
type Bytes struct{}

// Decode implements Decoder.
func (Bytes) Decode(src []byte, end bool) ([]byte, int, error) {
	if len(src) == 0 {
		return nil, 0, ErrMore
	}
	return src, len(src), nil
}

// Encode implements Encoder.
func (Bytes) Encode(dst, frame []byte) ([]byte, error) { return append(dst, frame...), nil }
