package runner

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// command is a process that is killed when ctx is done.
func command(ctx context.Context, line ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, line[0], line[1:]...)
	c.WaitDelay = time.Second
	return c
}

// output runs a program and returns the lines that it printed.
func output(c *exec.Cmd) ([]measure.Line, error) {
	var out, complaints bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaints
	err := c.Run()
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, tail(complaints.String()))
	}
	lines, err := measure.ParseLines(&out)
	if err == nil && len(lines) == 0 {
		err = fmt.Errorf("%s printed no figures", c.Path)
	}
	return lines, err
}

// tail returns the end of what a program complained, for an error message.
func tail(s string) string {
	const most = 2000
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	if len(s) > most {
		s = "..." + s[len(s)-most:]
	}
	return "\n" + s
}
