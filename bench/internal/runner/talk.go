package runner

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// server is a program that has printed its address and goes on until its input ends.
type server struct {
	addr string
	in   io.WriteCloser
	out  *bufio.Reader
}

// talk starts a server, hands it to f, and ends it. An error is f's, or how the server ended, with the end of what it complained; in the
// second case what f returned is returned too.
func talk(ctx context.Context, line []string, f func(*server) ([]measure.Line, error)) (lines []measure.Line, err error) {
	program := command(ctx, line...)
	var complaints bytes.Buffer
	program.Stderr = &complaints
	in, err := program.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := program.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := program.Start(); err != nil {
		return nil, err
	}
	s := &server{in: in, out: bufio.NewReader(out)}
	s.addr, err = s.out.ReadString('\n')
	if err == nil {
		s.addr = strings.TrimSpace(s.addr)
		lines, err = f(s)
	}
	in.Close()
	kill := time.AfterFunc(serverGrace, func() { program.Process.Kill() })
	defer kill.Stop()
	if end := program.Wait(); err == nil {
		err = end
	}
	if err != nil {
		err = fmt.Errorf("%w%s", err, tail(complaints.String()))
	}
	return lines, err
}
