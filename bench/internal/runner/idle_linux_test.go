package runner

import (
	"context"
	"io"
	"net"
	"testing"
)

// However short the time is that there is to measure for, there is something to take a median of.
func TestManyConnsInNoTime(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if c, err := l.Accept(); err == nil {
			_, _ = io.Copy(c, c)
			c.Close()
		}
	}()
	many := &manyConns{addr: l.Addr().String()}
	if err := many.open(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	took, err := many.use(context.Background(), 1, 0)
	if len(took) == 0 || err != nil {
		t.Errorf("%d messages, %v", len(took), err)
	}
	many.close()
	l.Close()
	<-ended
}
