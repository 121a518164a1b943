package codec_test

import (
	"math"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/codec"
)

// Frames cost no allocation in steady state, in either direction, whatever the codec.
func TestFramesDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector allocates")
	}
	for name, c := range map[string]codec.Codec[[]byte, []byte]{
		"lines":     new(codec.Lines),
		"delimiter": &codec.AnyDelimiter{Delimiters: ",;"},
		"length":    new(codec.LengthDelimited),
		"bytes":     codec.Bytes{},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := aio.Duplex(1024)
			out, in := codec.NewFramed(a, c), codec.NewFramed(b, c)
			frame := []byte("a frame of some length")
			_, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
				var failed error
				once := func() {
					if _, err := out.Send(frame).Await(co); err != nil {
						failed = err
					}
					if p, err := future.Next(in).Await(co); err != nil || string(p) != string(frame) {
						t.Errorf("%q, %v", p, err)
					}
				}
				once()
				if n := testing.AllocsPerRun(200, once); n >= 1 {
					t.Errorf("%v allocations a frame", n)
				}
				return 0, failed
			}))
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func BenchmarkFrames(b *testing.B) {
	for name, c := range map[string]codec.Codec[[]byte, []byte]{"lines": new(codec.Lines), "length": new(codec.LengthDelimited)} {
		b.Run(name, func(b *testing.B) {
			r, w := aio.Simplex(16 << 10)
			in, out := codec.NewFramedRead(r, c), codec.NewFramedWrite(w, c)
			frame := make([]byte, 64)
			cx := context(math.MaxInt)
			b.ReportAllocs()
			b.SetBytes(int64(16 * len(frame)))
			for b.Loop() {
				for range 16 {
					if err := out.Put(frame); err != nil {
						b.Fatal(err)
					}
				}
				out.PollFlush(cx)
				for range 16 {
					if in.PollNext(cx).Err() != nil {
						b.Fatal("a frame is lost")
					}
				}
			}
		})
	}
}
