package stats

import (
	"encoding/json"
	"io"
	"time"
)

// Report is the outcome of one run. Its JSON is stable: fields are added, never renamed
// or removed. Times are in nanoseconds, and their names end in _ns.
type Report struct {
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

	Latency       Latency           `json:"latency"`
	StatusCodes   map[string]uint64 `json:"status_codes"`
	Errors        map[string]uint64 `json:"errors"`
	ErrorExamples map[string]string `json:"error_examples"` // the first of each kind
	CPU           CPU               `json:"loadgen_cpu"`
}

// Latency is the distribution of the time from just before a request's first write to
// the last byte of its reply, in nanoseconds, right to three digits from 1 µs to 60 s.
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
	OverLimit uint64 `json:"over_60s"`
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

// WriteJSON writes the report as one indented JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}
