package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// serverGrace is how long a server may take to end.
const serverGrace = 3 * time.Second

// canPin tells why servers cannot be pinned.
func canPin(pinned bool) error {
	if runtime.GOOS != "linux" {
		return errors.New("the echo suite needs Linux: echoload is an epoll program")
	}
	if !pinned {
		return nil
	}
	if runtime.NumCPU() < 2 {
		return errors.New("pinned servers need two cores")
	}
	if _, err := exec.LookPath("taskset"); err != nil {
		return fmt.Errorf("pinned servers need taskset, of util-linux: %w", err)
	}
	return nil
}

// pin puts a command line on one core.
func pin(pinned bool, core int, line []string) []string {
	if !pinned {
		return line
	}
	return append([]string{"taskset", "-c", strconv.Itoa(core)}, line...)
}

// loaded starts a server, on core 1 if it is pinned, has load measure it, and ends it.
func loaded(ctx context.Context, pinned bool, line []string, load func(pid int) ([]measure.Line, error)) ([]measure.Line, error) {
	server := command(ctx, pin(pinned, 1, line)...)
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		return nil, err
	}
	lines, err := load(server.Process.Pid)
	if err := stop(server); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w; the server said: %s", err, tail(said.String()))
	}
	return lines, nil
}

// findEcho looks for the programs that a job of suite echo needs.
func (r *runner) findEcho(ctx context.Context, j *job) (err error) {
	if !r.Kit.Given() {
		return errNoKit
	}
	if err := canPin(j.Echo.Pinned); err != nil {
		return err
	}
	if j.load, err = r.Kit.Program("build/echoload"); err != nil {
		return err
	}
	if j.Echo.Server != nil {
		j.program, err = r.Kit.Program(j.Echo.Server[0])
		return err
	}
	j.program, err = r.buildEcho(ctx)
	return err
}

// echoPackage is the server of ours that echoload is pointed at.
const echoPackage = "github.com/magpie-go/magpie/examples/echo"

func (r *runner) buildEcho(ctx context.Context) (string, error) {
	if r.Echo != "" {
		return r.Echo, nil
	}
	program, err := r.build(ctx, echoPackage)
	if err != nil {
		return "", fmt.Errorf("name a built one by -echo: %w", err)
	}
	return program, nil
}

// runEcho starts a server, loads it, and ends it.
func (r *runner) runEcho(ctx context.Context, j job) ([]measure.Line, error) {
	if err := raiseFiles(); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	lines, err := loaded(ctx, j.Echo.Pinned, serverLine(j, port), func(pid int) ([]measure.Line, error) {
		return output(command(ctx, pin(j.Echo.Pinned, 0, r.loadLine(j, port, pid))...))
	})
	if err != nil {
		return nil, err
	}
	if j.Echo.Bytes {
		lines = slices.DeleteFunc(lines, func(l measure.Line) bool { return l.Metric != afterEcho })
		for i := range lines {
			lines[i].Metric = "bytes"
		}
	}
	return lines, nil
}

// afterEcho is what echoload calls the memory of a connection that has echoed and is idle.
const afterEcho = "rss_after_echo"

func serverLine(j job, port int) []string {
	if j.Echo.Server == nil {
		workers := 0 // one for each core
		if j.Echo.Pinned {
			workers = 1
		}
		return []string{j.program, "-addr", fmt.Sprintf("127.0.0.1:%d", port),
			"-workers", strconv.Itoa(workers), "-style", j.Echo.Style}
	}
	line := []string{j.program}
	for _, arg := range j.Echo.Server[1:] {
		line = append(line, strings.ReplaceAll(arg, "{port}", strconv.Itoa(port)))
	}
	return line
}

// loadLine is echoload BENCH PEER PORT SERVER_PID CONNS SECONDS. It takes a connection of
// its own before it measures idle ones.
func (r *runner) loadLine(j job, port, pid int) []string {
	conns, seconds := j.Echo.Conns, 2*r.Time.Seconds()
	if j.Echo.Idle {
		conns, seconds = conns+1, 0
	}
	return []string{j.load, j.Bench, j.Peer, strconv.Itoa(port), strconv.Itoa(pid),
		strconv.Itoa(conns), strconv.FormatFloat(seconds, 'f', -1, 64)}
}

// freePort returns a port of the loopback that nobody listens on.
func freePort() (int, error) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}

// stop asks a server to end, and kills it if it does not. How it ends is no matter: most
// know no other end than a signal.
func stop(server *exec.Cmd) error {
	if err := interrupt(server.Process); err != nil {
		return fmt.Errorf("the server is gone: %w", err)
	}
	kill := time.AfterFunc(serverGrace, func() { server.Process.Kill() })
	defer kill.Stop()
	var exit *exec.ExitError
	if err := server.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}
