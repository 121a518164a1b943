package ongo

import (
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// What Go has for the toolkit of suite coord: channels, mutexes and wait groups.

// together runs goroutines to their end, again and again. An iteration is ops operations.
func together(r *measure.Run, ops int, goroutines func() []func()) {
	twoProcs()
	once := func() {
		var all sync.WaitGroup
		for _, f := range goroutines() {
			all.Go(f)
		}
		all.Wait()
	}
	r.Loop(ops, once)
	r.Allocs(ops, once)
}

// several returns f n times.
func several(n int, f func()) (all []func()) {
	for range n {
		all = append(all, f)
	}
	return all
}

// MutexFree has one goroutine lock and unlock.
func MutexFree(r *measure.Run) {
	together(r, measure.CoordOps, func() []func() {
		var m sync.Mutex
		return several(1, func() {
			n := 0
			for range measure.CoordOps {
				m.Lock()
				n++
				m.Unlock()
			}
		})
	})
}

// MutexContended has goroutines lock, give way to others, and unlock.
func MutexContended(r *measure.Run) {
	together(r, measure.Lockers*measure.CoordWaits, func() []func() {
		var m sync.Mutex
		return several(measure.Lockers, func() {
			for range measure.CoordWaits {
				m.Lock()
				runtime.Gosched()
				m.Unlock()
			}
		})
	})
}

// SemaphoreFree has one goroutine take a permit and give it back.
func SemaphoreFree(r *measure.Run) { semaphore(r, 1, measure.CoordOps, func() {}) }

// SemaphoreContended has more goroutines than there are permits, each of which gives way to others
// while it has one.
func SemaphoreContended(r *measure.Run) {
	semaphore(r, measure.Lockers, measure.CoordWaits, runtime.Gosched)
}

// semaphore is Go's: a channel with room for as many as there are permits.
func semaphore(r *measure.Run, goroutines, n int, work func()) {
	together(r, goroutines*n, func() []func() {
		s := make(chan struct{}, measure.Permits)
		return several(goroutines, func() {
			for range n {
				s <- struct{}{}
				work()
				<-s
			}
		})
	})
}

// Channel has goroutines send to one that receives.
func Channel(senders, capacity int) func(*measure.Run) {
	return func(r *measure.Run) {
		together(r, measure.CoordOps, func() []func() {
			ch := make(chan int, capacity)
			var sending sync.WaitGroup
			sending.Add(senders)
			all := several(senders, func() {
				defer sending.Done()
				for i := range measure.CoordOps / senders {
					ch <- i
				}
			})
			return append(all, func() {
				sending.Wait()
				close(ch)
			}, func() {
				for range ch {
				}
			})
		})
	}
}

// Oneshot has a goroutine make channels for one value, send, and receive.
func Oneshot(r *measure.Run) {
	together(r, measure.CoordOps, func() []func() {
		return several(1, func() {
			for i := range measure.CoordOps {
				ch := make(chan int, 1)
				ch <- i
				<-ch
			}
		})
	})
}

// Broadcast has a goroutine send to many, by a channel for each, and wait now and then until they
// have all. An operation is a value that one receiver has got.
func Broadcast(r *measure.Run) {
	together(r, measure.Listeners*measure.Bursts*measure.Burst, func() []func() {
		var chans []chan int
		var got sync.WaitGroup
		for range measure.Listeners {
			chans = append(chans, make(chan int, measure.Burst))
		}
		all := []func(){func() {
			for range measure.Bursts {
				got.Add(measure.Listeners)
				for i := range measure.Burst {
					for _, ch := range chans {
						ch <- i
					}
				}
				got.Wait()
			}
		}}
		for _, ch := range chans {
			all = append(all, func() {
				for range measure.Bursts {
					for range measure.Burst {
						<-ch
					}
					got.Done()
				}
			})
		}
		return all
	})
}

// PingPongChannels has two goroutines wake each other. An operation is a round trip.
func PingPongChannels(r *measure.Run) {
	together(r, measure.CoordWaits, func() []func() {
		ping, pong := make(chan int, 1), make(chan int, 1)
		return []func(){
			func() {
				for i := range measure.CoordWaits {
					ping <- i
					<-pong
				}
			},
			func() {
				for range measure.CoordWaits {
					pong <- <-ping
				}
			},
		}
	})
}

// Select2 has one goroutine receive from two channels, into each of which a goroutine sends.
func Select2(r *measure.Run) {
	together(r, measure.CoordOps, func() []func() {
		chans := [2]chan int{make(chan int, measure.Room), make(chan int, measure.Room)}
		var all []func()
		for _, ch := range chans {
			all = append(all, func() {
				for i := range measure.CoordOps / 2 {
					ch <- i
				}
			})
		}
		return append(all, func() {
			for range measure.CoordOps {
				select {
				case <-chans[0]:
				case <-chans[1]:
				}
			}
		})
	})
}

// Select10 has one goroutine receive from ten channels, into each of which a goroutine sends.
func Select10(r *measure.Run) {
	together(r, measure.CoordOps, func() (all []func()) {
		var c [10]chan int
		for i := range c {
			c[i] = make(chan int, measure.Room)
			all = append(all, func() {
				for v := range measure.CoordOps / len(c) {
					c[i] <- v
				}
			})
		}
		return append(all, func() {
			for range measure.CoordOps {
				select {
				case <-c[0]:
				case <-c[1]:
				case <-c[2]:
				case <-c[3]:
				case <-c[4]:
				case <-c[5]:
				case <-c[6]:
				case <-c[7]:
				case <-c[8]:
				case <-c[9]:
				}
			}
		})
	})
}

// Pipe has a goroutine write into a pipe of package io, which has no buffer, and one read. An operation is
// a piece.
func Pipe(r *measure.Run) {
	together(r, measure.Pieces, func() []func() {
		pr, pw := io.Pipe()
		return []func(){
			func() {
				defer pw.Close()
				piece := make([]byte, measure.Piece)
				for range measure.Pieces {
					if _, err := pw.Write(piece); err != nil {
						panic(err)
					}
				}
			},
			func() {
				buf := make([]byte, measure.Piece)
				for {
					if _, err := pr.Read(buf); err == io.EOF {
						return
					} else if err != nil {
						panic(err)
					}
				}
			},
		}
	})
}

// Results has a goroutine start goroutines and take their results in the order in which they end.
func Results(r *measure.Run) {
	together(r, measure.Members, func() []func() {
		return several(1, func() {
			results := make(chan int, measure.Members)
			for i := range measure.Members {
				go func() { results <- i }()
			}
			for range measure.Members {
				<-results
			}
		})
	})
}

// Sleeps has many goroutines that sleep for up to a twentieth of a second. An operation is a sleep.
func Sleeps(r *measure.Run) {
	twoProcs()
	r.Loop(measure.Sleepers, func() {
		var all sync.WaitGroup
		for i := range measure.Sleepers {
			all.Go(func() { time.Sleep(measure.SleepTime(i)) })
		}
		all.Wait()
	})
}
