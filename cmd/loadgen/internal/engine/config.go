package engine

import (
	"errors"
	"fmt"
	"time"
)

// MinSize and MaxSize limit the size of an echo message in bytes: a message begins with
// the connection's identity and the message's number, 8 bytes each, and each connection
// holds one in memory.
const (
	MinSize = 16
	MaxSize = 64 << 20
)

// MinMaxHead and MaxMaxHead limit the limit of a reply's header in bytes: each connection
// may hold one in memory.
const (
	MinMaxHead = 64
	MaxMaxHead = 64 << 20
)

// MaxConnections is the number of ports that one address can be dialled from, times
// some: beyond it a mistake is likelier than a wish.
const MaxConnections = 1_000_000

// Config says what load to run.
type Config struct {
	Target      Target
	Connections int
	Duration    time.Duration // measured, after the warm-up; 0: until Requests are sent
	Warmup      time.Duration
	Requests    uint64        // tries in all, failed ones too; 0: until Duration is over
	Timeout     time.Duration // of one dial, and of one request
	Size        int           // of an echo message, in bytes
	Method      string        // of HTTP
	Headers     []string      // of HTTP: "Name: value"
	Body        string        // of HTTP
	MaxHead     int           // of HTTP: bytes of a reply's header; 0: http1.MaxHead
	Lenient     bool          // of HTTP: replies with bytes beyond their end are good
}

// Check tells what is wrong with a configuration, and what is accepted.
func (c *Config) Check() error {
	switch {
	case c.Connections < 1 || c.Connections > MaxConnections:
		return fmt.Errorf("%d connections: give a number from 1 to %d", c.Connections, MaxConnections)
	case c.Duration < 0:
		return fmt.Errorf("a duration of %v: give one above 0, such as 10s", c.Duration)
	case c.Duration == 0 && c.Requests == 0:
		return errors.New("neither a duration nor a number of requests: give one above 0, such as -d 10s")
	case c.Warmup < 0:
		return fmt.Errorf("a warm-up of %v: give 0 or more, such as 1s", c.Warmup)
	case c.Timeout <= 0:
		return fmt.Errorf("a timeout of %v: give one above 0, such as 2s", c.Timeout)
	}
	if c.Target.HTTP {
		if c.MaxHead != 0 && (c.MaxHead < MinMaxHead || c.MaxHead > MaxMaxHead) {
			return fmt.Errorf("a header limit of %d bytes: give one from %d to %d", c.MaxHead, MinMaxHead, MaxMaxHead)
		}
		_, _, err := c.request()
		return err
	}
	if c.Size < MinSize || c.Size > MaxSize {
		return fmt.Errorf("a message size of %d bytes: give one from %d to %d", c.Size, MinSize, MaxSize)
	}
	if c.Method != "" && c.Method != "GET" || len(c.Headers) > 0 || c.Body != "" || c.MaxHead != 0 || c.Lenient {
		return fmt.Errorf("method, header, body, max-header and lenient are for http:// targets, and %s is none", c.Target.URL)
	}
	return nil
}
