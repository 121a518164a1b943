package sched

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Stall is a worker that has been in one poll, or in a part of a computation that does not
// fork, for longer than [Config].StallAfter: see there.
type Stall struct {
	Worker  int
	For     time.Duration // since the worker last looked at its queues
	Queued  int           // tasks in its queue; peers take those that are not bound to it
	Timers  int           // set with it
	Sources int           // descriptors registered with it
	// Stack is what the worker's goroutine does, and that of the async function it runs,
	// as runtime.Stack prints it.
	Stack []byte
}

// String returns what is known of the worker, and its stack.
func (s Stall) String() string {
	return fmt.Sprintf("worker %d in one poll for %v, %d tasks queued, %d timers, %d descriptors behind it\n%s",
		s.Worker, s.For.Round(time.Millisecond), s.Queued, s.Timers, s.Sources, s.Stack)
}

// The watchdog is part of the monitor: a worker notes in `served` when it last looked around
// itself, which it does every 50 µs or after one poll, whichever is longer, and 0 while it
// sleeps. One whose note is old is in a poll that does not return. A note is reported once.

// stalls returns the workers that have not looked around for d, without their stacks.
func (rt *Runtime) stalls(now, d time.Duration) (stalls []Stall) {
	for _, w := range rt.peers {
		if since := time.Duration(w.served.Load()); since != 0 && now-since >= d {
			stalls = append(stalls, w.stall(now-since))
		}
	}
	return stalls
}

// stallOfAll returns all workers, whatever they do.
func (rt *Runtime) stallOfAll() (stalls []Stall) {
	for _, w := range rt.peers {
		stalls = append(stalls, w.stall(0))
	}
	return stalls
}

func (p *peer) stall(d time.Duration) Stall {
	return Stall{Worker: p.id, For: d, Queued: p.tasks.len(), Timers: p.reactor.Timers(), Sources: p.reactor.Sources()}
}

// addStacks fills in what the workers do at this moment. It stops the world.
func (rt *Runtime) addStacks(stalls []Stall) {
	if len(stalls) == 0 {
		return
	}
	dump := allStacks()
	for i := range stalls {
		stalls[i].Stack = dump.of(rt.peers[stalls[i].Worker].goroutine)
	}
}

// watchStalls reports those of the workers that have been in a poll for too long, each once.
func (m *monitor) watchStalls(now time.Duration) {
	after := m.rt.config.StallAfter
	if after == 0 {
		return
	}
	var fresh []Stall
	for _, s := range m.rt.stalls(now, after) {
		if note := now - s.For; m.told[s.Worker] != note {
			m.told[s.Worker] = note
			fresh = append(fresh, s)
		}
	}
	m.rt.addStacks(fresh)
	for _, s := range fresh {
		m.rt.reportStall(s)
	}
}

// stackDump is the stacks of all goroutines, one block each.
type stackDump struct{ blocks []string }

// maxDump bounds the copy of all stacks: a program may have 100,000 goroutines.
const maxDump = 16 << 20

func allStacks() stackDump {
	buf := make([]byte, 64<<10)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) || len(buf) >= maxDump {
			return stackDump{strings.Split(string(buf[:n]), "\n\n")}
		}
		buf = make([]byte, 4*len(buf))
	}
}

// of returns the stack of goroutine id and of the coroutines that it, or one of them, has
// made and that run at this moment: while one runs, its maker stands still in a switch.
func (d stackDump) of(id string) []byte {
	var out bytes.Buffer
	makers := map[string]bool{id: true}
	for _, b := range d.blocks { // goroutines are listed in the order they were made
		head, _, _ := strings.Cut(b, "\n")
		me := goroutineID(head)
		_, maker, made := strings.Cut(b, "\ncreated by iter.Pull")
		_, maker, _ = strings.Cut(maker, " in goroutine ")
		maker, _, _ = strings.Cut(maker, "\n")
		coroutine := made && makers[maker]
		if coroutine {
			makers[me] = true
		}
		if me == id || coroutine && !strings.Contains(head, "[coroutine") {
			if out.Len() > 0 {
				out.WriteString("\n")
			}
			out.WriteString(b)
			out.WriteString("\n")
		}
	}
	if out.Len() == 0 {
		return []byte("its stack is not among the first " + strconv.Itoa(maxDump>>20) + " MiB of all goroutines' stacks\n")
	}
	return out.Bytes()
}

// goroutineID returns the number in the first line of a stack.
func goroutineID(head string) string {
	_, rest, _ := strings.Cut(head, "goroutine ")
	id, _, _ := strings.Cut(rest, " ")
	return id
}

// goroutineHere returns the number of the calling goroutine.
func goroutineHere() string {
	var buf [64]byte
	return goroutineID(string(buf[:runtime.Stack(buf[:], false)]))
}
