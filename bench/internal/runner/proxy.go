package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// proxyPackage is the TCP proxy of ours.
const proxyPackage = "github.com/magpie-go/magpie/examples/proxy"

// proxyConns is how many connections are proxied, with a message under way on each.
const proxyConns = 50

// findProxy looks for the programs that a job of suite proxy needs.
func (r *runner) findProxy(ctx context.Context, j *job) (err error) {
	if err := canPin(true); err != nil {
		return err
	}
	if !r.Kit.Given() {
		return errNoKit
	}
	if j.load, err = r.Kit.Program("build/echoload"); err != nil {
		return err
	}
	switch {
	case j.Proxy.HAProxy:
		j.program, err = exec.LookPath("haproxy")
	case j.Proxy.Server != nil:
		j.program, err = r.Kit.Program(j.Proxy.Server[0])
	default:
		j.program, err = r.build(ctx, proxyPackage)
	}
	return err
}

// runProxy starts a proxy, and has echoload be client and server on its two sides.
func (r *runner) runProxy(ctx context.Context, j job) ([]measure.Line, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	upstream, err := freePort()
	if err != nil {
		return nil, err
	}
	line, err := r.proxyLine(j, port, upstream)
	if err != nil {
		return nil, err
	}
	return loaded(ctx, true, line, func(pid int) ([]measure.Line, error) {
		load := []string{j.load, j.Bench, j.Peer, strconv.Itoa(port), strconv.Itoa(pid), strconv.Itoa(proxyConns),
			strconv.FormatFloat(2*r.Time.Seconds(), 'f', -1, 64), strconv.Itoa(j.Proxy.Size), strconv.Itoa(upstream)}
		return output(command(ctx, pin(true, 0, load)...))
	})
}

const haproxyConfig = `global
    nbthread 1
    maxconn 4000
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen proxy
    bind 127.0.0.1:{port} backlog 4096
    server upstream 127.0.0.1:{upstream}
`

// proxyLine is the proxy's command line.
func (r *runner) proxyLine(j job, port, upstream int) ([]string, error) {
	fill := strings.NewReplacer("{port}", strconv.Itoa(port), "{upstream}", strconv.Itoa(upstream)).Replace
	switch p := j.Proxy; {
	case p.HAProxy:
		config := filepath.Join(r.dir, "haproxy.cfg")
		return []string{j.program, "-db", "-f", config}, os.WriteFile(config, []byte(fill(haproxyConfig)), 0o644)
	case p.Server != nil:
		line := []string{j.program}
		for _, arg := range p.Server[1:] {
			line = append(line, fill(arg))
		}
		return line, nil
	}
	return []string{j.program, "-addr", fmt.Sprintf("127.0.0.1:%d", port), "-to", fmt.Sprintf("127.0.0.1:%d", upstream), "-workers", "1"}, nil
}
