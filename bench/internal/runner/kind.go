package runner

import (
	"context"
	"errors"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// kind is how the jobs of a kind are run.
type kind struct {
	find func(*runner, context.Context, *job) error // the programs that the job needs
	run  func(*runner, context.Context, job) ([]measure.Line, error)
}

// kindOf returns the kind of a job: that of its load, or else of the program that is run.
func kindOf(j suites.Job) kind {
	switch {
	case j.Echo != nil:
		return kind{(*runner).findEcho, (*runner).runEcho}
	case j.HTTP != nil:
		return kind{(*runner).findHTTP, (*runner).runHTTP}
	case j.KV != nil:
		return kind{(*runner).findKV, (*runner).runKV}
	case j.Proxy != nil:
		return kind{(*runner).findProxy, (*runner).runProxy}
	case j.WebSocket != nil:
		return kind{(*runner).findWebSocket, (*runner).runWebSocket}
	case j.Compile != nil:
		return kind{(*runner).findCompile, (*runner).runCompile}
	case j.Datagrams:
		return kind{(*runner).findProgram, (*runner).runDatagrams}
	case j.Idle != nil:
		return kind{(*runner).findProgram, (*runner).runIdle}
	case j.Served:
		return kind{(*runner).findProgram, (*runner).runServed}
	}
	return kind{(*runner).findProgram, (*runner).runProgram}
}

var errNoKit = errors.New("no -peers directory, and bench/peers is not built (make peers): only magpie and goroutines are measured, and no servers")

// findProgram looks for a program of the kit. One of ours is there.
func (r *runner) findProgram(_ context.Context, j *job) (err error) {
	if j.Run != nil {
		return nil
	}
	if !r.Kit.Given() {
		return errNoKit
	}
	j.program, err = r.Kit.Program(j.Kit[0])
	return err
}

// line is the command line of a program that findProgram has found.
func (r *runner) line(j job) []string {
	if j.Run != nil {
		return r.Child(j.Bench, j.Peer, r.Time)
	}
	return append([]string{j.program}, j.Kit[1:]...)
}

// runProgram runs a program that prints its figures.
func (r *runner) runProgram(ctx context.Context, j job) ([]measure.Line, error) {
	return output(command(ctx, r.line(j)...))
}
