package par_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
)

// While all workers sort, they serve: sorting ends only when a client has had its echoes.
func TestEchoWhileSorting(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		l, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
			defer l.Close()
			conn, err := l.Accept().Await(co)
			if err != nil {
				return 0, err
			}
			defer conn.Close()
			buf := make([]byte, 512)
			for echoes := 0; ; echoes++ {
				n, err := conn.Read(buf).Await(co)
				if err == io.EOF {
					return echoes, nil
				}
				if err != nil {
					return echoes, err
				}
				if _, err := conn.WriteAll(buf[:n]).Await(co); err != nil {
					return echoes, err
				}
			}
		}))

		var served atomic.Bool
		sorted := make(chan struct{})
		random := make([]uint64, 200_000)
		for i := range random {
			random[i] = rand.Uint64()
		}
		go func() { // as many computations as workers: none of them is idle
			defer close(sorted)
			par.Scope(par.On(rt), func(w *par.Worker, g *par.Group) {
				for range rt.Workers() {
					g.Go(w, func(w *par.Worker) {
						for v := slices.Clone(random); !served.Load(); copy(v, random) {
							par.Sort(w, v)
							if !slices.IsSorted(v) {
								t.Error("not sorted")
								return
							}
						}
					})
				}
			})
		}()

		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		const echoes = 50
		message, answer := bytes.Repeat([]byte("magpie"), 10), make([]byte, 60)
		for range echoes {
			if _, err := conn.Write(message); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(conn, answer); err != nil || !bytes.Equal(answer, message) {
				t.Fatalf("the echo of %q is %q, %v", message, answer, err)
			}
		}
		served.Store(true)
		conn.Close()
		if got, err := server.Wait(context.Background()); got != echoes || err != nil {
			t.Errorf("the server echoed %d times, %v, want %d", got, err, echoes)
		}
		<-sorted
	})
}
