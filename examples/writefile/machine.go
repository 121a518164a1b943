package main

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
)

// The states of the machine: what an async function would be compiled to. Each state but
// the first and the last is named after the future that it waits for.
const (
	initial = iota
	awaitingCreate
	awaitingWrite
	awaitingClose
	done
)

// machine creates a file and writes to it. Between two polls everything it knows is in
// its fields.
type machine struct {
	future.Pinned // the children hold on to data in it
	state         int
	name          string
	text          [len(hello)]byte // the write refers to this array: a moved machine would write another
	file          *fileio.File
	written       int
	failure       error // of the write, kept while the file is closed

	create future.Future[*fileio.File] // in awaitingCreate
	write  future.Future[int]          // in awaitingWrite
	close  future.Future[future.Unit]  // in awaitingClose
}

func newMachine(name string) *machine { return &machine{name: name} }

// Poll implements future.Future: it goes from state to state as far as it gets without
// waiting.
func (m *machine) Poll(cx *waker.Context) future.Poll[int] {
	m.AssertPinned()
	for {
		switch m.state {
		case initial:
			m.create = fileio.Create(m.name)
			m.state = awaitingCreate
		case awaitingCreate:
			p := m.create.Poll(cx)
			if p.IsPending() {
				return future.Pending[int]()
			}
			m.create = nil
			file, err := p.Result()
			if err != nil {
				m.state = done
				return future.Failed[int](err)
			}
			m.file = file
			copy(m.text[:], hello)
			m.write = file.WriteAll(m.text[:])
			m.state = awaitingWrite
		case awaitingWrite:
			p := m.write.Poll(cx)
			if p.IsPending() {
				return future.Pending[int]()
			}
			m.write = nil
			m.written, m.failure = p.Result()
			m.close = m.file.Close()
			m.state = awaitingClose
		case awaitingClose:
			p := m.close.Poll(cx)
			if p.IsPending() {
				return future.Pending[int]()
			}
			m.close = nil
			m.state = done
			if m.failure == nil {
				m.failure = p.Err()
			}
			return future.Done(m.written, m.failure)
		default:
			panic("writefile: the machine was polled after it was done")
		}
	}
}

// Drop implements future.Dropper: it gives up whatever it waits for, and the file.
func (m *machine) Drop() {
	switch m.state {
	case awaitingCreate:
		future.Drop(m.create)
	case awaitingWrite:
		future.Drop(m.write)
		future.Drop(m.file.Close()) // closes in the background
	case awaitingClose:
		future.Drop(m.close)
	}
	m.state = done
}
