package runner

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// webSocketPackage is the WebSocket server of ours.
const webSocketPackage = "github.com/magpie-go/magpie/bench/internal/wsserver"

// findWebSocket looks for the programs that a job of suite ws needs.
func (r *runner) findWebSocket(ctx context.Context, j *job) (err error) {
	if err := canPin(j.WebSocket.Pinned); err != nil {
		return err
	}
	if !r.Kit.Given() {
		return errNoKit
	}
	if j.load, err = r.Kit.Program("build/wsload"); err != nil {
		return err
	}
	if j.WebSocket.Server != nil {
		j.program, err = r.Kit.Program(j.WebSocket.Server[0])
		return err
	}
	j.program, err = r.build(ctx, webSocketPackage)
	return err
}

// runWebSocket starts a server, loads it with wsload, and ends it.
func (r *runner) runWebSocket(ctx context.Context, j job) ([]measure.Line, error) {
	w := j.WebSocket
	if err := raiseFilesTo(w.Conns + 100); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return loaded(ctx, w.Pinned, webSocketLine(j, strconv.Itoa(port)), func(pid int) ([]measure.Line, error) {
		load := []string{j.load, j.Bench, j.Peer, strconv.Itoa(port), strconv.Itoa(pid), strconv.Itoa(w.Conns),
			strconv.FormatFloat(2*r.Time.Seconds(), 'f', -1, 64)}
		if w.All {
			load = append(load, "all")
		}
		return output(command(ctx, pin(w.Pinned, 0, load)...))
	})
}

func webSocketLine(j job, port string) []string {
	line := []string{j.program}
	if w := j.WebSocket; w.Server == nil {
		workers := "0" // one for each core
		if w.Pinned {
			workers = "1"
		}
		return append(line, "-addr", "127.0.0.1:"+port, "-workers", workers, fmt.Sprint("-all=", w.All))
	}
	for _, arg := range j.WebSocket.Server[1:] {
		line = append(line, strings.ReplaceAll(arg, "{port}", port))
	}
	return line
}
