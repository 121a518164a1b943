package engine

import (
	"bufio"
	"io"
	"math"
	"net"
	"net/http"
	"testing"
	"time"
)

func open1k(t *testing.T, url string, n uint64) Config {
	c := config(t, url, n)
	c.Load.Stages = Constant(1000)
	return c
}

func TestOpenLoadSendsAllItAsksFor(t *testing.T) {
	for _, poisson := range []bool{false, true} {
		c := open1k(t, "tcp://"+serve(t, copyBack), 300)
		c.Connections, c.Load.Poisson = 10, poisson
		r := mustRun(t, t.Context(), newRuntime(t), c)
		if r.Succeeded != 300 || r.Failed != 0 || r.Rate.Begun != 300 || r.Rate.Shed+r.Rate.Unsent != 0 {
			t.Errorf("poisson %v: %+v, %d succeeded, %v", poisson, r.Rate, r.Succeeded, r.ErrorExamples)
		}
		if r.Latency.Max < r.Service.Max || r.Latency.Max < r.Lag.Max {
			t.Errorf("the longest latency %d is shorter than the service %d, or the lag %d", r.Latency.Max, r.Service.Max, r.Lag.Max)
		}
	}
}

// stalling echoes, but holds the first message back for a while.
func stalling(d time.Duration) func(int, *net.TCPConn) {
	return func(i int, c *net.TCPConn) {
		b := make([]byte, 64)
		if _, err := io.ReadFull(c, b); err != nil {
			return
		}
		if i == 0 {
			time.Sleep(d)
		}
		if _, err := c.Write(b); err == nil {
			copyBack(i, c)
		}
	}
}

// Those that would have come while the server stalls wait too, and their wait is told: 1 ms less each.
func TestOpenLoadTellsTheWaitForAServerThatStalls(t *testing.T) {
	const stall = 200 * time.Millisecond
	c := open1k(t, "tcp://"+serve(t, stalling(stall)), 200)
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != 200 || r.Latency.P50 < int64(stall/4) || r.Lag.P50 < int64(stall/4) || r.Rate.Waited < 100 {
		t.Errorf("%+v, latency %+v, lag %+v", r.Rate, r.Latency, r.Lag)
	}
}

func TestOpenLoadShedsWhatIsTooLate(t *testing.T) {
	c := open1k(t, "tcp://"+serve(t, stalling(200*time.Millisecond)), 200)
	c.Load.Deadline = 50 * time.Millisecond
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Rate.Shed < 100 || r.Rate.Shed+r.Requests != 200 {
		t.Errorf("%+v, %d requests", r.Rate, r.Requests)
	}
}

// What could not be sent before the end is told.
func TestOpenLoadTellsWhatWasNotSent(t *testing.T) {
	c := config(t, "tcp://"+serve(t, func(_ int, c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }), 0)
	c.Load.Stages = Constant(1000)
	c.Duration = 100 * time.Millisecond
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Rate.Begun != 1 || r.AtEnd.Requests != 1 || r.Rate.Unsent != 99 || r.Rate.Asked != 1000 {
		t.Errorf("%+v, at the end %+v", r.Rate, r.AtEnd)
	}
}

// What is due as the run ends, or after that, is not of it: a rate and a time make a number. It is in the series, too.
func TestOpenLoadEndsWithTheRun(t *testing.T) {
	for _, warmup := range []time.Duration{0, 50 * time.Millisecond} {
		c := open1k(t, "tcp://"+serve(t, copyBack), 0)
		c.Connections, c.Warmup, c.Duration, c.Interval = 10, warmup, 100*time.Millisecond, 30*time.Millisecond
		r := mustRun(t, t.Context(), newRuntime(t), c)
		asked := 0.0
		for _, i := range r.Series {
			asked += i.Asked
		}
		if r.Rate.Begun+r.Rate.Unsent != 100 || r.Rate.Begun == 0 || r.Duration != int64(c.Duration) || math.Abs(asked-100) > 1e-6 {
			t.Errorf("a warm-up of %v: %+v in %v, and %v in the series", warmup, r.Rate, time.Duration(r.Duration), asked)
		}
	}
}

// What is measured may end later than the load, by as much as its end was seen late: of that nothing was asked.
func TestLoadsAskForNothingAfterTheEnd(t *testing.T) {
	c := Config{Duration: time.Second}
	c.Load.Stages = Constant(1000)
	for from, want := range map[time.Duration]float64{0: 1000, 900 * time.Millisecond: 100, 2 * time.Second: 0} {
		if n := (Loads{&c}).Asked(from, 3*time.Second); n != want {
			t.Errorf("from %v: %v, want %v", from, n, want)
		}
	}
}

// A load that has an end ends the run.
func TestReplay(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 0)
	c.Load.Replay = []time.Duration{0, time.Millisecond, time.Millisecond, 5 * time.Millisecond}
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 4 {
		t.Errorf("%d succeeded", r.Succeeded)
	}
}

// A server that nobody listens at fails as many as were to come, and no more.
func TestOpenLoadCountsFailuresByItsTimes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c := config(t, "tcp://"+l.Addr().String(), 0)
	c.Connections = 5
	c.Load.Replay = []time.Duration{0, time.Millisecond, 30 * time.Millisecond}
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Failed != 3 || r.Errors["refused"] != 3 {
		t.Errorf("%d failed: %v", r.Failed, r.Errors)
	}
}

// A server that wants four requests before it answers gets them.
func TestPipeline(t *testing.T) {
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		for r := bufio.NewReader(c); ; {
			for range 4 {
				if _, err := http.ReadRequest(r); err != nil {
					return
				}
			}
			if _, err := io.WriteString(c, ok+ok+ok+ok); err != nil {
				return
			}
		}
	})
	c := config(t, url, 400)
	c.Pipeline = 4
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 400 || r.Failed != 0 || r.Connects != 1 || r.Load != "closed loop" {
		t.Errorf("%d succeeded on %d connections: %v", r.Succeeded, r.Connects, r.ErrorExamples)
	}
	c = config(t, "tcp://"+serve(t, copyBack), 1000)
	c.Pipeline, c.Connections, c.Size = 8, 3, 100
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 1000 || r.BytesReceived != 100_000 {
		t.Errorf("echo: %d succeeded, %d bytes: %v", r.Succeeded, r.BytesReceived, r.ErrorExamples)
	}
}

// What is under way when the server closes between two requests is sent again.
func TestPipelineGoesOnOnAnotherConnection(t *testing.T) {
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		r := bufio.NewReader(c)
		for range 3 {
			if !answer(c, r, ok) {
				return
			}
		}
		_, _ = r.Discard(r.Buffered()) // closing with something unread would reset
	})
	c := config(t, url, 300)
	c.Pipeline = 4
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded+r.Failed != 300 || r.Succeeded < 200 {
		t.Errorf("%d succeeded, %d failed: %v", r.Succeeded, r.Failed, r.ErrorExamples)
	}
}

// A wrong reply fails all that are under way.
func TestPipelineFailsWhole(t *testing.T) {
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		r := bufio.NewReader(c)
		for range 4 {
			if _, err := http.ReadRequest(r); err != nil {
				return
			}
		}
		_, _ = io.WriteString(c, ok+"nonsense\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	c := config(t, url, 4)
	c.Pipeline = 4
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 1 || r.Errors["bad_response"] != 3 {
		t.Errorf("%d succeeded: %v", r.Succeeded, r.ErrorExamples)
	}
}

func TestConnectionsAreRenewed(t *testing.T) {
	for _, depth := range []int{1, 3} {
		c := config(t, "tcp://"+serve(t, copyBack), 100)
		c.PerConn, c.Pipeline = 10, depth
		if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 100 || r.Connects != 10 {
			t.Errorf("%d under way: %d succeeded on %d connections", depth, r.Succeeded, r.Connects)
		}
	}
}

func TestThinkAndConnectOver(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 30)
	c.Think, c.ConnectOver, c.Connections = 2*time.Millisecond, 10*time.Millisecond, 3
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != 30 || r.Duration < int64(9*2*time.Millisecond) {
		t.Errorf("%d succeeded in %v", r.Succeeded, time.Duration(r.Duration))
	}
}
