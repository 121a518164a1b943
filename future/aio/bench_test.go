package aio_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
)

// Two ends on one thread: what a write and a read cost.
func BenchmarkPipe(b *testing.B) {
	for name, n := range map[string]int{"64": 64, "4096": 4096} {
		b.Run(name, func(b *testing.B) {
			r, w := aio.Simplex(8192)
			buf := make([]byte, n)
			cx := new(counting).context()
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				w.PollWrite(cx, buf)
				r.PollRead(cx, buf)
			}
		})
	}
}

// Through a pipe between two threads.
func BenchmarkPipeThreads(b *testing.B) {
	r, w := aio.Simplex(64 << 10)
	b.SetBytes(4096)
	done := make(chan error, 1)
	go func() {
		_, err := future.BlockOn(future.Box[int64](aio.Copy(aio.Sink, r, make([]byte, 4096))))
		done <- err
	}()
	buf := make([]byte, 4096)
	_, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		for b.Loop() {
			if _, err := w.WriteAll(buf).Await(co); err != nil {
				return 0, err
			}
		}
		return 0, w.Close()
	}))
	if err != nil {
		b.Fatal(err)
	}
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
