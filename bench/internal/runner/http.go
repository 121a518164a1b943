package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// httpPackage is the web server of ours.
const httpPackage = "github.com/magpie-go/magpie/bench/internal/webserver"

// findHTTP looks for the programs that a job of suite http needs.
func (r *runner) findHTTP(ctx context.Context, j *job) (err error) {
	if err := canPin(j.HTTP.Pinned); err != nil {
		return err
	}
	if _, err := exec.LookPath("wrk"); err != nil {
		return fmt.Errorf("the http suite needs wrk: %w", err)
	}
	switch {
	case j.HTTP.Nginx:
		j.program, err = exec.LookPath("nginx")
	case j.HTTP.Server != nil && !r.Kit.Given():
		return errNoKit
	case j.HTTP.Server != nil:
		j.program, err = r.Kit.Program(j.HTTP.Server[0])
	default:
		j.program, err = r.build(ctx, httpPackage)
	}
	return err
}

// runHTTP starts a server, loads it with wrk, and ends it.
func (r *runner) runHTTP(ctx context.Context, j job) ([]measure.Line, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := r.httpFiles(); err != nil {
		return nil, err
	}
	line, err := r.httpServer(j, port)
	if err != nil {
		return nil, err
	}
	return loaded(ctx, j.HTTP.Pinned, line, func(pid int) ([]measure.Line, error) { return r.loadHTTP(ctx, j.Job, port, pid) })
}

// httpFiles makes the files that servers send.
func (r *runner) httpFiles() error {
	folder := filepath.Join(r.dir, "files")
	err := os.MkdirAll(folder, 0o755)
	for name, size := range map[string]int{"64k": 64 << 10, "1m": 1 << 20} {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), make([]byte, size), 0o644))
	}
	return err
}

func (r *runner) httpServer(j job, port int) ([]string, error) {
	number := strconv.Itoa(port)
	switch {
	case j.HTTP.Nginx:
		config := filepath.Join(r.dir, "nginx.conf")
		// Unpinned it is one process too, as with the kit: its CPU time is then one clock to read.
		return []string{j.program, "-p", r.dir, "-c", config, "-e", "stderr"}, os.WriteFile(config, []byte(strings.NewReplacer("{port}", number, "{dir}", r.dir).Replace(nginxConfig)), 0o644)
	case j.HTTP.Server != nil:
		line := []string{j.program}
		for _, arg := range j.HTTP.Server[1:] {
			line = append(line, strings.NewReplacer("{port}", number, "{dir}", r.dir).Replace(arg))
		}
		return line, nil
	}
	workers := "0" // one for each core
	if j.HTTP.Pinned {
		workers = "1"
	}
	return []string{j.program, "-addr", "127.0.0.1:" + number, "-workers", workers, "-root", filepath.Join(r.dir, "files")}, nil
}

// nginxQuiet has nginx log nothing, keep connections, and write nowhere but into its folder.
const nginxQuiet = `    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path tmp;
    proxy_temp_path tmp;
    fastcgi_temp_path tmp;
    uwsgi_temp_path tmp;
    scgi_temp_path tmp;
`

const nginxConfig = `daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
worker_rlimit_nofile 20000;
events { worker_connections 16384; }
http {
` + nginxQuiet + `    sendfile on;
    tcp_nopush on;
    server {
        listen 127.0.0.1:{port} backlog=4096;
        location / {
            default_type text/plain;
            return 200 "Hello, World!";
        }
        location /files/ {
            root {dir};
        }
    }
}
`

func (r *runner) loadHTTP(ctx context.Context, j suites.Job, port, pid int) ([]measure.Line, error) {
	addr := "127.0.0.1:" + strconv.Itoa(port)
	if err := reachable(ctx, addr); err != nil {
		return nil, err
	}
	seconds := max(int((2*r.Time).Round(time.Second)/time.Second), 1)
	line := []string{"wrk", "-t1", "-c" + strconv.Itoa(j.HTTP.Conns), "-d" + strconv.Itoa(seconds) + "s", "--latency"}
	if text := wrkScript(j.HTTP); text != "" {
		script := filepath.Join(r.dir, "wrk.lua")
		if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
			return nil, err
		}
		line = append(line, "-s", script)
	}
	if j.HTTP.Attack != nil {
		end, err := r.attack(addr, *j.HTTP.Attack)
		if err != nil {
			return nil, err
		}
		defer end()
	}
	before, err := cpuTime(pid)
	if err != nil {
		return nil, err
	}
	out, err := command(ctx, pin(j.HTTP.Pinned, 0, append(line, "http://"+addr+j.HTTP.Path))...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("wrk: %w%s", err, tail(string(out)))
	}
	after, err := cpuTime(pid)
	if err != nil {
		return nil, err
	}
	lines, err := wrkLines(j, string(out), after-before)
	if err == nil && j.HTTP.Attack != nil {
		peak, memoryErr := peakMemory(pid)
		lines, err = append(lines, measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: "peak_rss", Value: peak, Unit: "MB"}), memoryErr
	}
	return lines, err
}

// reachable waits until somebody listens.
func reachable(ctx context.Context, addr string) error {
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			return c.Close()
		}
		if ctx.Err() != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// cpuTime is what a process has used, in user space and in the kernel, to 10 ms.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat: %q", pid, stat)
	}
	user, err := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err, err2)
}

var wrkFigures = regexp.MustCompile(`(?m)^ *(\d+) requests in |^Requests/sec: *([0-9.]+)|^ *(50|99)% +([0-9.]+)(us|ms|s)\s|(Non-2xx.*|Socket errors.*)$`)

// wrkLines reads what wrk has printed.
func wrkLines(j suites.Job, out string, cpu time.Duration) (lines []measure.Line, err error) {
	add := func(metric string, v float64, unit string) {
		lines = append(lines, measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: metric, Value: v, Unit: unit})
	}
	number := func(s string) float64 {
		v, parseErr := strconv.ParseFloat(s, 64)
		err = errors.Join(err, parseErr)
		return v
	}
	for _, m := range wrkFigures.FindAllStringSubmatch(out, -1) {
		switch {
		case m[6] != "":
			return nil, fmt.Errorf("wrk: %s", m[6])
		case m[1] != "":
			add("server_cpu", float64(cpu.Microseconds())/number(m[1]), "us/req")
		case m[2] != "":
			add("rate", number(m[2]), "req/s")
		case m[3] != "":
			add("p"+m[3], number(m[4])*map[string]float64{"us": 1, "ms": 1e3, "s": 1e6}[m[5]], "us")
		}
	}
	if err == nil && len(lines) < 4 {
		err = fmt.Errorf("wrk printed other figures than were looked for:%s", tail(out))
	}
	return lines, err
}
