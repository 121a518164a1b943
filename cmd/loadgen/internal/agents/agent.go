package agents

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Agent waits for runs, and takes part in one at a time.
type Agent struct {
	Link
	Name    string // as reports have it
	Version string // of this program, for coordinators of another one
	// Prepare makes loads, and how many workers they are to run on, of what the coordinator was given. Files are what it has read
	// for that.
	Prepare func(spec json.RawMessage, files map[string][]byte) (loads engine.Loads, workers int, err error)
	Admit   func(connections int) error // says whether this machine can have so many
	Log     io.Writer

	id      string
	nc      *nats.Conn
	ctx     context.Context // of Serve
	lock    sync.Mutex      // guards the rest
	now     *task           // what it does
	refused string          // why a coordinator has refused it, the last time
	tasks   sync.WaitGroup
}

// again is how long an agent waits before it tries to connect again.
const again = 200 * time.Millisecond

// Serve waits for runs until ctx is done, which is no error, or until the NATS server refuses it. A run that goes on then ends, and
// what it has counted is reported first.
func (a *Agent) Serve(ctx context.Context) error {
	if err := a.Check(); err != nil {
		return &UsageError{err}
	}
	a.id, a.ctx = rand.Text(), ctx
	closed := make(chan error, 1)
	isKnown := false
	for a.nc == nil {
		nc, final, err := a.connect("agent "+a.Name, nats.ClosedHandler(func(nc *nats.Conn) {
			select {
			case closed <- nc.LastError():
			default: // of a connection that was never there
			}
		}))
		switch {
		case err == nil:
			a.nc = nc
		case final:
			return err
		case !isKnown:
			isKnown = true
			fmt.Fprintf(a.Log, "%v; trying again\n", err)
		}
		if a.nc == nil {
			select {
			case <-time.After(again):
			case <-ctx.Done():
				return nil
			}
		}
	}
	defer a.nc.Close()
	for subject, take := range map[string]nats.MsgHandler{callSubject: a.called, toAgent + a.id: a.take} {
		if _, err := a.nc.Subscribe(subject, take); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.Log, "agent %s waits for work at %s\n", a.Name, a.shown())
	var err error
	select {
	case <-ctx.Done():
	case err = <-closed:
		a.release(nil)
		if errors.Is(err, nats.ErrAuthorization) {
			err = fmt.Errorf("%s refuses the token now: give the one that it wants with --nats-token", a.shown())
		} else {
			err = fmt.Errorf("%s closed the connection for good: %v", a.shown(), err)
		}
	}
	a.tasks.Wait()
	return err
}

// called answers a coordinator that looks for agents.
func (a *Agent) called(m *nats.Msg) {
	var q request
	if json.Unmarshal(m.Data, &q) != nil {
		return
	}
	a.lock.Lock()
	isFree := a.now == nil && a.ctx.Err() == nil
	a.lock.Unlock()
	if isFree {
		_ = a.nc.Publish(toRun+q.Run, encode("hello", q.Run, a.id, hello{a.Name, a.Version, stats.ThisMachine()}))
	}
}

// take takes a message of a coordinator. It does not wait for anything.
func (a *Agent) take(m *nats.Msg) {
	taken := clock() // as early as can be, for a probe
	var q request
	if json.Unmarshal(m.Data, &q) != nil {
		return
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	switch q.Kind {
	case "refuse":
		var b refusal
		if json.Unmarshal(q.Body, &b) == nil && a.refused != b.Reason {
			a.refused = b.Reason
			fmt.Fprintln(a.Log, "refused:", b.Reason)
		}
		return
	case "claim":
		var b claim
		switch err := json.Unmarshal(q.Body, &b); {
		case err != nil:
			deny(m, err)
		case a.ctx.Err() != nil || a.now != nil && a.now.run != q.Run:
			deny(m, errors.New("it has work already"))
		default:
			if a.now == nil {
				a.now = newTask(a, q.Run, b.Timeout)
				a.tasks.Go(a.now.serve)
			}
			answer(m, nil)
		}
		return
	}
	if a.now == nil || a.now.run != q.Run {
		deny(m, errOut)
		return
	}
	if q.Kind == "probe" {
		answer(m, taken)
		return
	}
	if err := a.now.take(&q); err != nil {
		deny(m, err)
		return
	}
	answer(m, nil)
}

// release gives up what the agent does: all, or that task.
func (a *Agent) release(t *task) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.now != nil && (t == nil || a.now == t) {
		a.now.abandon()
		a.now = nil
	}
}
