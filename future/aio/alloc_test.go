package aio_test

import (
	"bytes"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
)

// Awaited in an async function, operations allocate nothing in steady state.
func TestOperationsDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector has pools lose what they are given")
	}
	user, server := aio.Duplex(256)
	r, w := aio.NewBufReader(server, 64), aio.NewBufWriter(user, 64)
	buf := make([]byte, 16)
	line := []byte("a line of 16 b\r\n")
	vector := make([][]byte, 2)
	twice := bytes.Repeat(line, 2)
	for name, f := range map[string]func(co *future.Co) error{
		"Write and ReadFull": func(co *future.Co) error {
			if _, err := user.WriteAll(line).Await(co); err != nil {
				return err
			}
			_, err := aio.ReadFull(server, buf).Await(co)
			return err
		},
		"WriteVectored and Read": func(co *future.Co) error {
			vector[0], vector[1] = line, line[:4]
			if _, err := aio.WriteVectored(user, vector).Await(co); err != nil {
				return err
			}
			if _, err := server.Read(buf).Await(co); err != nil {
				return err
			}
			_, err := aio.Read(server, buf).Await(co)
			return err
		},
		"buffered lines": func(co *future.Co) error {
			if _, err := w.WriteAll(twice).Await(co); err != nil {
				return err
			}
			if _, err := w.Flush().Await(co); err != nil {
				return err
			}
			if _, err := r.ReadLine(64).Await(co); err != nil {
				return err
			}
			if _, err := r.Peek(8).Await(co); err != nil {
				return err
			}
			if _, err := r.Byte().Await(co); err != nil {
				return err
			}
			_, err := r.ReadUntil('\n', 64).Await(co)
			return err
		},
		"ReadAtLeast": func(co *future.Co) error {
			if _, err := user.WriteAll(line).Await(co); err != nil {
				return err
			}
			_, err := aio.ReadAtLeast(server, buf, 4).Await(co)
			return err
		},
		"Copy": func(co *future.Co) error {
			_, err := aio.Copy(aio.Sink, aio.Empty, nil).Await(co)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
				var failed error
				once := func() {
					if err := f(co); err != nil {
						failed = err
					}
				}
				once()
				if n := testing.AllocsPerRun(100, once); n >= 1 {
					t.Errorf("%v allocations", n)
				}
				return 0, failed
			}))
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
