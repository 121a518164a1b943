//go:build !linux

package runner

import (
	"context"
	"errors"
	"time"
)

type manyConns struct {
	addr string
	fds  []int
}

func (m *manyConns) open(context.Context, int) error {
	return errors.New("connections from many addresses of the loopback are opened on Linux only")
}

func (m *manyConns) use(context.Context, int, time.Duration) ([]int64, error) { return nil, nil }
func (m *manyConns) close()                                                   {}
