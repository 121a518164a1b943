package runner

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// idleWarm is how many connections there are before memory is looked at: what grows in steps is there then.
const idleWarm = 500

// runIdle starts a server of idle connections, opens them, and has it tell what they take.
func (r *runner) runIdle(ctx context.Context, j job) ([]measure.Line, error) {
	if err := raiseFilesTo(j.Idle.Conns + idleWarm + 100); err != nil {
		return nil, err
	}
	return talk(ctx, r.line(j), func(s *server) ([]measure.Line, error) { return r.idle(ctx, j, s) })
}

// look has the server look at its memory, with so many connections, and returns the line that it prints.
func (s *server) look(conns int) (string, error) {
	if _, err := fmt.Fprintln(s.in, conns); err != nil {
		return "", err
	}
	return s.out.ReadString('\n')
}

func (r *runner) idle(ctx context.Context, j job, s *server) (lines []measure.Line, err error) {
	many := &manyConns{addr: s.addr}
	defer many.close()
	open := many.open
	if j.Idle.Active == 0 {
		var conns []net.Conn
		defer func() {
			for _, c := range conns {
				c.Close()
			}
		}()
		open = func(ctx context.Context, n int) error {
			for range n {
				c, err := dialIdle(ctx, j.Idle.Protocol, s.addr)
				if err != nil {
					return err
				}
				conns = append(conns, c)
			}
			return nil
		}
	}
	if err := open(ctx, idleWarm); err != nil {
		return nil, err
	}
	if _, err := s.look(0); err != nil {
		return nil, err
	}
	n := j.Idle.Conns - idleWarm
	if err := open(ctx, n); err != nil {
		return nil, err
	}
	if j.Idle.Active > 0 { // where the system does not let so many be opened
		n = len(many.fds) - idleWarm
	}
	text, err := s.look(n)
	if err != nil {
		return nil, err
	}
	if lines, err = measure.ParseLines(strings.NewReader(text)); err != nil || j.Idle.Active == 0 {
		return lines, err
	}
	took, err := many.use(ctx, j.Idle.Active, 2*r.Time)
	if err != nil {
		return nil, err
	}
	add := func(metric string, v float64, unit string) {
		lines = append(lines, measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: metric, Value: v, Unit: unit})
	}
	add("conns", float64(len(many.fds)), "")
	add("p50", float64(took[len(took)/2])/1e3, "us")
	add("p99", float64(took[len(took)*99/100])/1e3, "us")
	return lines, nil
}

// dialIdle opens a connection and uses it once.
func dialIdle(ctx context.Context, protocol, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	message := strings.Repeat("x", 64)
	switch protocol {
	case "tls":
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
		fallthrough
	case "raw":
		err = exchange(c, message, message)
	case "http":
		err = exchange(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "Hello, World!")
	case "ws":
		err = exchange(c, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", "\r\n\r\n")
		if err == nil { // text of five bytes, masked with zeros
			err = exchange(c, "\x81\x85\x00\x00\x00\x00hello", "hello")
		}
	default:
		err = fmt.Errorf("there are no idle connections of %q", protocol)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// exchange sends a request, and reads until what comes ends so.
func exchange(c net.Conn, request, end string) error {
	if _, err := io.WriteString(c, request); err != nil {
		return err
	}
	var got []byte
	buf := make([]byte, 1024)
	for !bytes.HasSuffix(got, []byte(end)) {
		n, err := c.Read(buf)
		if err != nil {
			return fmt.Errorf("%w after %q", err, got)
		}
		got = append(got, buf[:n]...)
	}
	return nil
}
