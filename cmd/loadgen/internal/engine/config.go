package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
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
	Routes      []Route       // of HTTP, instead of the target's path
	Feed        *Feed         // of HTTP, for placeholders
	Literal     bool          // braces are no placeholders
	Checks      []Check       // of HTTP
	Scenario    *Scenario     // of HTTP, instead of one request: its steps have Headers and Checks too
	TLS         TLS
	Files       *Files // where TLS has its files from; nil: the disk
	Send        string // what is sent instead of echo messages: bytes, a text of WebSocket, a command of Redis
	Reply       Reply  // of tcp, tls and unix, with Send

	Load        Load                         // when requests begin
	Pipeline    int                          // requests that a connection may have under way; 0: 1
	Think       time.Duration                // pause of a connection after each reply, in a closed load
	ConnectOver time.Duration                // connections are opened one after the other within this time; 0: all at once
	Stop        func(*stats.Report) []string // asked after each interval with what was measured so far; if it returns anything the run ends
	Interval    time.Duration                // of the series; 0: a second
	// Each is called at the end of each interval, and at the end of the run, with that interval and with what was measured so
	// far. Both are lent. Nothing else waits for what it does.
	Each    func(*stats.Interval, *stats.Report)
	Portion Portion          // what this machine has of the load, if others have the rest (deal.go); the zero Portion is all
	At      time.Time        // when the run is to begin; zero: at once
	More    <-chan []Portion // what is added while it goes on; it is not closed
	Cut     func(Piece)      // called with each part of the measured time as it ends, before Each
	PerConn uint64           // requests after which a connection is closed and opened anew; 0: never
}

// Piece is what was counted in a part of the measured time. Counts is lent.
type Piece struct {
	Start, Length time.Duration // since measuring began
	CPU           time.Duration
	Counts        *stats.Total
}

// MaxPipeline limits how many requests a connection may have under way.
const MaxPipeline = 4096

// Every is how long each interval of the series is.
func (c *Config) Every() time.Duration {
	if c.Interval == 0 {
		return time.Second
	}
	return c.Interval
}

// MinInterval limits intervals: with each the histograms of all workers are added up.
const MinInterval = 10 * time.Millisecond

// depth is how many requests a connection may have under way.
func (c *Config) depth() int { return max(c.Pipeline, 1) }

// Check tells what is wrong with a configuration, and what is accepted.
func (c *Config) Check() error {
	_, err := c.check()
	return err
}

func (c *Config) check() (plan, error) {
	if err := c.checkLimits(); err != nil {
		return nil, err
	}
	if err := c.Load.check(); err != nil {
		return nil, err
	}
	if _, err := c.TLS.config(&c.Target, c.Files); err != nil {
		return nil, err
	}
	return c.plan()
}

func (c *Config) checkLimits() error {
	switch {
	case c.Connections < 1 || c.Connections > MaxConnections:
		return fmt.Errorf("%d connections: give a number from 1 to %d", c.Connections, MaxConnections)
	case c.Duration < 0:
		return fmt.Errorf("a duration of %v: give one above 0, such as 10s", c.Duration)
	case c.Duration == 0 && c.Requests == 0 && !c.Load.Ends():
		return errors.New("neither a duration nor a number of requests: give one above 0, such as -d 10s")
	case c.Warmup < 0:
		return fmt.Errorf("a warm-up of %v: give 0 or more, such as 1s", c.Warmup)
	case c.Timeout <= 0:
		return fmt.Errorf("a timeout of %v: give one above 0, such as 2s", c.Timeout)
	case c.Pipeline < 0 || c.Pipeline > MaxPipeline:
		return fmt.Errorf("%d requests under way on a connection: give a number from 1 to %d", c.Pipeline, MaxPipeline)
	case c.Interval < 0 || c.Interval > 0 && c.Interval < MinInterval:
		return fmt.Errorf("an interval of %v: give one from %v on, such as 1s", c.Interval, MinInterval)
	case c.Think < 0:
		return fmt.Errorf("a pause of %v: give one above 0, such as 100ms", c.Think)
	case c.Think > 0 && c.Load.IsOpen():
		return errors.New("think is for a closed load, and this one has a rate: give one of them")
	case c.ConnectOver < 0:
		return fmt.Errorf("connections opened within %v: give a time above 0, such as 5s", c.ConnectOver)
	}
	return nil
}

// plan makes the plan of the target's protocol.
func (c *Config) plan() (plan, error) {
	t := c.Target.Protocol
	isHTTP := t == HTTP || t == HTTP2
	if !isHTTP && (c.Method != "" && c.Method != "GET" || c.Body != "" || c.MaxHead != 0 || c.Lenient) || !isHTTP && t != WebSocket && len(c.Headers) > 0 {
		return nil, fmt.Errorf("method, header, body, max-header and lenient are for http:// and https:// targets (header for ws too), and %s is none", c.Target.URL)
	}
	if t != Echo && c.Reply != (Reply{}) {
		return nil, fmt.Errorf("reply-length, reply-until and reply-match are for tcp, tls and unix targets, and %s is none", c.Target.URL)
	}
	if !isHTTP && (len(c.Routes) > 0 || c.Feed != nil || len(c.Checks) > 0) {
		return nil, fmt.Errorf("urls, feed and checks are for http:// and https:// targets, and %s is none", c.Target.URL)
	}
	if c.Scenario != nil && (!isHTTP || len(c.Routes) > 0 || c.Literal || c.depth() > 1 || c.Think > 0 || c.Lenient) {
		return nil, errors.New("a scenario is for http:// and https:// targets, with one request at a time; it says itself what is sent and how long users think")
	}
	if (isHTTP || t == UDP) && c.Send != "" {
		return nil, fmt.Errorf("send is for tcp, tls, unix, ws and redis targets, and %s is none", c.Target.URL)
	}
	switch {
	case t == HTTP:
		return c.clientPlan()
	case t == HTTP2:
		return c.h2Plan()
	case t == WebSocket:
		return c.wsPlan()
	case t == Redis:
		return c.redisPlan()
	case t == UDP:
		return c.udpPlan()
	case c.Send != "" || c.Reply != (Reply{}):
		return c.rawPlan()
	}
	return c.echoPlan()
}

func (c *Config) checkMaxHead() error {
	if c.MaxHead != 0 && (c.MaxHead < MinMaxHead || c.MaxHead > MaxMaxHead) {
		return fmt.Errorf("a header limit of %d bytes: give one from %d to %d", c.MaxHead, MinMaxHead, MaxMaxHead)
	}
	return nil
}
