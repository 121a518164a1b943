package stats

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// Report is the outcome of one run. Its JSON is stable: fields are added, never renamed
// or removed. Times are in nanoseconds, and their names end in _ns.
type Report struct {
	Schema      string  `json:"schema"`            // Schema, of what this version writes
	Started     string  `json:"started,omitempty"` // when measuring began, as RFC 3339 has it
	Machine     Machine `json:"machine"`
	Target      string  `json:"target"`
	Method      string  `json:"method,omitempty"` // HTTP only
	Connections int     `json:"connections"`
	Workers     int     `json:"workers"`
	MessageSize int     `json:"message_size_bytes,omitempty"` // echo only

	Warmup      int64 `json:"warmup_ns"`
	Duration    int64 `json:"duration_ns"` // measured, without the warm-up
	Interrupted bool  `json:"interrupted"`

	Requests      uint64  `json:"requests"`                // complete exchanges
	Succeeded     uint64  `json:"succeeded"`               // of these, with a status below 400
	Failed        uint64  `json:"failed"`                  // errors of all kinds
	Connects      uint64  `json:"connections_opened"`      // the warm-up's too
	ClosedIdle    uint64  `json:"connections_closed_idle"` // by the server between two requests, which is no error
	Lenient       uint64  `json:"lenient_replies"`         // counted as requests though they break the rules
	AtEnd         AtEnd   `json:"at_end"`
	RequestRate   float64 `json:"requests_per_second"`
	BytesSent     uint64  `json:"bytes_sent"`
	BytesReceived uint64  `json:"bytes_received"`
	SendRate      float64 `json:"sent_bytes_per_second"`
	ReceiveRate   float64 `json:"received_bytes_per_second"`

	Load     string `json:"load"`     // what was asked, in words
	Pipeline int    `json:"pipeline"` // requests that a connection may have under way
	Rate     *Rate  `json:"rate,omitempty"`

	Latency       Latency           `json:"latency"`
	Service       *Latency          `json:"service,omitempty"` // of an open load, as are the next two
	Lag           *Latency          `json:"lag,omitempty"`
	OwnLag        *Latency          `json:"own_lag,omitempty"`
	StatusCodes   map[string]uint64 `json:"status_codes"`
	Errors        map[string]uint64 `json:"errors"`
	ErrorExamples map[string]string `json:"error_examples"` // the first of each kind
	CPU           CPU               `json:"loadgen_cpu"`
	Noise         Noise             `json:"noise"`

	Agents []Agent `json:"agents,omitempty"` // of a run on several machines

	// Of an open load whose arrivals come one by one: a sample of the gaps between them as they were sent, in
	// mean gaps of the rate at that time; and whether they are to be those of a Poisson process.
	Gaps    []float64 `json:"-"`
	Poisson bool      `json:"-"`

	Doubts *Doubts `json:"doubts,omitempty"`

	Scenarios []Scenario `json:"scenarios,omitempty"` // of a run of scenarios; its rates are of iterations

	Series Series `json:"series"`
}

// Schema names the format of a report: docs/loadgen.md says what is in it, and internal/stats/report.schema.json describes it to
// programs. The number behind the slash grows when a field is renamed, removed or means something else.
const Schema = "loadgen.report/1"

// Rate is what came of an open load. The load asks for requests at times of its own, and does not wait for replies.
type Rate struct {
	Asked    float64 `json:"asked"`    // requests a second, the mean over the measured time
	Achieved float64 `json:"achieved"` // of these, how many were begun
	Begun    uint64  `json:"begun"`
	Shed     uint64  `json:"shed"`   // not sent, as their deadline had passed
	Unsent   uint64  `json:"unsent"` // not sent before the end
	Waited   uint64  `json:"waited"` // began late, as no connection was free at their time
}

// Latency is the distribution of a time in nanoseconds, right to three digits from 1 µs to 60 s: of latency, from when
// a request was to begin to the last byte of its reply; of service, from when it began; of lag, from when it was to
// begin until it did; of own lag, the same for those that a connection was waiting for, so that it is the load
// generator's. In a closed loop a request begins just before its first write, and is to begin then.
// Where nothing was measured all is 0.
type Latency struct {
	Min    int64 `json:"min_ns"`
	Mean   int64 `json:"mean_ns"`
	StdDev int64 `json:"stdev_ns"`
	P50    int64 `json:"p50_ns"`
	P75    int64 `json:"p75_ns"`
	P90    int64 `json:"p90_ns"`
	P99    int64 `json:"p99_ns"`
	P999   int64 `json:"p99_9_ns"`
	P9999  int64 `json:"p99_99_ns"`
	Max    int64 `json:"max_ns"`
	// OverLimit is how many took longer than 60 s. They are counted as 60 s in all but Max.
	OverLimit uint64    `json:"over_60s"`
	Histogram Histogram `json:"hdr,omitzero"`
}

// AtEnd is what was under way when the run ended, and neither succeeded nor failed.
type AtEnd struct {
	Requests         uint64 `json:"requests"`      // without a complete reply
	Oldest           int64  `json:"oldest_ns"`     // time since the first of them was sent
	Connecting       uint64 `json:"connecting"`    // connections being opened
	OldestConnecting int64  `json:"connecting_ns"` // time since the first of them was begun
}

// CPU is what the process used while it measured; under "loadgen demo" that is client
// and server together.
type CPU struct {
	User   int64   `json:"user_ns"`
	System int64   `json:"system_ns"`
	Cores  float64 `json:"cores"` // mean number of cores busy
}

// Fill computes the rest of a report from what was counted in a time.
func (r *Report) Fill(t *Total, elapsed time.Duration, used Usage) {
	r.Schema = Schema
	if r.Series == nil {
		r.Series = Series{}
	}
	t.fill(r)
	r.Duration = int64(elapsed)
	r.CPU = CPU{User: int64(used.User), System: int64(used.System)}
	if s := elapsed.Seconds(); s > 0 {
		r.RequestRate = float64(r.Requests) / s
		r.SendRate = float64(r.BytesSent) / s
		r.ReceiveRate = float64(r.BytesReceived) / s
		r.CPU.Cores = (used.User + used.System).Seconds() / s
	}
}

// Open fills in what an open load has besides, before Fill.
func (r *Report) Open(t *Total, asked float64, elapsed time.Duration) {
	o := t.times.open
	service, lag, own := latency(o.service), latency(o.lag), latency(o.own)
	r.Service, r.Lag, r.OwnLag = &service, &lag, &own
	begun := o.lag.TotalCount()
	r.Rate = &Rate{
		Begun: uint64(begun), Shed: t.counts.shed, Unsent: t.counts.unsent, Waited: uint64(begun - o.own.TotalCount()),
	}
	if s := elapsed.Seconds(); s > 0 {
		// What was asked comes from an integral, which is off in its last digits.
		r.Rate.Asked, r.Rate.Achieved = math.Round(asked/s*1e6)/1e6, float64(begun)/s
	}
}

// OfIterations reports whether the rate is one of iterations of scenarios, and not of requests.
func (r *Report) OfIterations() bool { return len(r.Scenarios) > 0 }

// WriteJSON writes the report as one indented JSON object.
func (r *Report) WriteJSON(w io.Writer) error { return WriteJSON(w, r) }

// WriteJSON writes what a command has found as reports are written.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
