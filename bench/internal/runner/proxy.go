package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// The proxies of ours, of TCP and of HTTP.
const (
	proxyPackage     = "github.com/magpie-go/magpie/examples/proxy"
	httpProxyPackage = "github.com/magpie-go/magpie/bench/internal/httpproxy"
)

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
	load := "build/echoload"
	if j.Proxy.HTTP {
		load = "build/epollserv"
		if _, err := exec.LookPath("wrk"); err != nil {
			return fmt.Errorf("proxy_http needs wrk: %w", err)
		}
	}
	if j.load, err = r.Kit.Program(load); err != nil {
		return err
	}
	switch {
	case j.Proxy.Nginx:
		j.program, err = exec.LookPath("nginx")
	case j.Proxy.HAProxy:
		j.program, err = exec.LookPath("haproxy")
	case j.Proxy.Server != nil:
		j.program, err = r.Kit.Program(j.Proxy.Server[0])
	case j.Proxy.HTTP:
		j.program, err = r.build(ctx, httpProxyPackage)
	default:
		j.program, err = r.build(ctx, proxyPackage)
	}
	return err
}

// runProxy starts a proxy, and has echoload be client and server on its two sides, or epollserv and wrk.
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
	if j.Proxy.HTTP {
		return r.runHTTPProxy(ctx, j, line, port, upstream)
	}
	return loaded(ctx, true, line, func(pid int) ([]measure.Line, error) {
		load := []string{j.load, j.Bench, j.Peer, strconv.Itoa(port), strconv.Itoa(pid), strconv.Itoa(proxyConns),
			strconv.FormatFloat(2*r.Time.Seconds(), 'f', -1, 64), strconv.Itoa(j.Proxy.Size), strconv.Itoa(upstream)}
		return output(command(ctx, pin(true, 0, load)...))
	})
}

// runHTTPProxy starts the server behind the proxy, on the client's core, and the proxy.
func (r *runner) runHTTPProxy(ctx context.Context, j job, line []string, port, upstream int) (lines []measure.Line, err error) {
	server := command(ctx, pin(true, 0, []string{j.load, "http", strconv.Itoa(upstream)})...)
	if err := server.Start(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop(server)) }()
	if err := reachable(ctx, fmt.Sprintf("127.0.0.1:%d", upstream)); err != nil {
		return nil, err
	}
	load := j.Job
	load.HTTP = &suites.HTTP{Path: "/", Pinned: true, Conns: proxyConns, Deep: 1}
	return loaded(ctx, true, line, func(pid int) ([]measure.Line, error) { return r.loadHTTP(ctx, load, port, pid) })
}

const nginxProxyConfig = `daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
` + nginxQuiet + `    upstream servers {
        server 127.0.0.1:{upstream};
        keepalive 256;
        keepalive_requests 1000000000;
    }
    server {
        listen 127.0.0.1:{port} backlog=4096;
        location / {
            proxy_pass http://servers;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Host $host;
            proxy_set_header X-Forwarded-Proto $scheme;
        }
    }
}
`

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
	case p.Nginx:
		config := filepath.Join(r.dir, "nginx-proxy.conf")
		return []string{j.program, "-p", r.dir, "-c", config, "-e", "stderr"}, os.WriteFile(config, []byte(fill(nginxProxyConfig)), 0o644)
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
