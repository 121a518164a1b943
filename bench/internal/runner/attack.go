package runner

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

// slowEvery is how long a slow connection waits before it sends its next line.
const slowEvery = 5 * time.Second

// attack begins one, once its connections are there, and returns what ends it.
func (r *runner) attack(addr string, a suites.Attack) (end func(), err error) {
	if err := raiseFiles(); err != nil {
		return nil, err
	}
	at := &attacker{addr: addr, over: make(chan struct{})}
	begin := "GET /hello HTTP/1.1\r\nHost: x\r\n"
	if a.Deaf > 0 {
		begin = strings.Repeat(begin+"\r\n", 1000)
	}
	for range a.Slow + a.Deaf {
		c, err := at.open(begin)
		if err != nil {
			at.end()
			return nil, fmt.Errorf("attacking: %w", err)
		}
		at.conns = append(at.conns, c)
	}
	switch {
	case a.Slow > 0:
		at.all.Go(func() { at.drip(begin) })
	case a.Flood > 0:
		at.all.Go(func() { at.flood(a.Flood) })
	}
	return at.end, nil
}

// attacker has the connections of an attack.
type attacker struct {
	addr  string
	conns []net.Conn
	over  chan struct{}
	all   sync.WaitGroup
}

// open opens a connection, and sends what the server takes of begin: one that only asks is read no further.
func (a *attacker) open(begin string) (net.Conn, error) {
	c, err := net.DialTimeout("tcp", a.addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	_ = c.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
	_, _ = c.Write([]byte(begin))
	_ = c.SetWriteDeadline(time.Time{})
	return c, nil
}

// each calls do so many times a second, until the end. It gives way to the client that measures: what that waits for is to be the server, and not who
// attacks it from the same machine.
func (a *attacker) each(perSecond int, do func()) {
	giveWay()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for owed := 0; ; {
		select {
		case <-a.over:
			return
		case <-tick.C:
		}
		for owed += perSecond; owed >= 100; owed -= 100 {
			do()
		}
	}
}

// drip sends a line on each connection every slowEvery, and opens those anew that the server has closed.
func (a *attacker) drip(begin string) {
	i := 0
	a.each(len(a.conns)/int(slowEvery/time.Second), func() {
		if _, err := a.conns[i].Write([]byte("X-Slow: a\r\n")); err != nil {
			a.conns[i].Close()
			if c, err := a.open(begin); err == nil {
				a.conns[i] = c
			}
		}
		i = (i + 1) % len(a.conns)
	})
}

// flood opens connections and resets them.
func (a *attacker) flood(perSecond int) {
	a.each(perSecond, func() {
		if c, err := net.Dial("tcp", a.addr); err == nil {
			_ = c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
	})
}

func (a *attacker) end() {
	close(a.over)
	a.all.Wait()
	for _, c := range a.conns {
		c.Close()
	}
}

// peakMemory is the most that a process has had in memory, in MB.
func peakMemory(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.ParseFloat(strings.Fields(after + " x")[0], 64)
	return kb / 1024, err
}
