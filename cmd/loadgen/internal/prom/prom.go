// Package prom serves the figures of a run to Prometheus while it goes on.
package prom

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sort"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// bounds are those of the histograms' buckets, in seconds: 1, 2 and 5 of each power of ten, to what is measured at most.
var bounds = []float64{
	10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60,
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("loadgen_"+name, help, labels, nil)
}

// The metrics. Those that end in _total only grow, from the begin of the measured time.
var (
	sent        = describe("requests_sent_total", "Requests that began.")
	completed   = describe("requests_completed_total", "Complete exchanges, whatever their status.")
	failures    = describe("failures_total", "Failures, by kind.", "kind")
	shed        = describe("requests_shed_total", "Requests of an open load that were not sent as their deadline had passed.")
	connections = describe("connections_opened_total", "Connections that were opened.")
	bytes       = describe("bytes_total", "Bytes of complete exchanges, by direction: sent or received.", "direction")
	cpu         = describe("cpu_seconds_total", "CPU time of the load generator.")
	asked       = describe("asked_requests_total", "Requests that an open load wanted to begin.")
	latency     = describe("latency_seconds", "From when a request was to begin to the last byte of its reply.")
	service     = describe("service_seconds", "From when a request of an open load was sent to the last byte of its reply.")
	lag         = describe("lag_seconds", "From when a request of an open load was to begin until it was sent.")
	all         = []*prometheus.Desc{sent, completed, failures, shed, connections, bytes, cpu, asked, latency, service, lag}
)

// histogram adds up what a Prometheus histogram tells.
type histogram struct {
	counts []uint64 // by bucket, and what is beyond them
	sum    float64  // seconds
}

func (h *histogram) add(t *stats.Times) {
	if t == nil || t.Hist.IsZero() {
		return
	}
	if h.counts == nil {
		h.counts = make([]uint64, len(bounds)+1)
	}
	for value, count := range t.Hist.ForEachBucket {
		h.counts[sort.SearchFloat64s(bounds, float64(value)/1e9)] += uint64(count)
	}
	h.sum += float64(t.Mean) / 1e9 * float64(t.Hist.TotalCount())
}

func (h *histogram) metric(d *prometheus.Desc) prometheus.Metric {
	buckets, n := map[float64]uint64{}, uint64(0)
	for i, count := range h.counts {
		if n += count; i < len(bounds) {
			buckets[bounds[i]] = n
		}
	}
	return prometheus.MustNewConstHistogram(d, n, h.sum, buckets)
}

// Exporter tells what it was given. Nothing is computed for Prometheus until it asks, but for adding up the intervals.
type Exporter struct {
	lock   sync.Mutex // guards the rest
	sum    stats.Interval
	errors map[string]uint64
	times  [3]histogram // latency, service, lag
	isOpen bool
}

// Add adds an interval.
func (e *Exporter) Add(i *stats.Interval) {
	e.lock.Lock()
	defer e.lock.Unlock()
	s := &e.sum
	s.Sent += i.Sent
	s.Completed += i.Completed
	s.Shed += i.Shed
	s.Connects += i.Connects
	s.SentBytes += i.SentBytes
	s.Received += i.Received
	s.CPU += i.CPU
	s.Asked += i.Asked
	if e.errors == nil {
		e.errors = map[string]uint64{}
	}
	for kind, n := range i.Errors {
		e.errors[kind] += n
	}
	e.isOpen = e.isOpen || i.Lag != nil
	e.times[0].add(&i.Latency)
	e.times[1].add(i.Service)
	e.times[2].add(i.Lag)
}

// Describe implements prometheus.Collector.
func (e *Exporter) Describe(to chan<- *prometheus.Desc) {
	for _, d := range all {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (e *Exporter) Collect(to chan<- prometheus.Metric) {
	e.lock.Lock()
	defer e.lock.Unlock()
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	s := &e.sum
	counter(sent, float64(s.Sent))
	counter(completed, float64(s.Completed))
	counter(connections, float64(s.Connects))
	counter(bytes, float64(s.SentBytes), "sent")
	counter(bytes, float64(s.Received), "received")
	counter(cpu, time.Duration(s.CPU).Seconds())
	for _, kind := range stats.KindNames() {
		counter(failures, float64(e.errors[kind]), kind)
	}
	to <- e.times[0].metric(latency)
	if e.isOpen {
		counter(shed, float64(s.Shed))
		counter(asked, s.Asked)
		to <- e.times[1].metric(service)
		to <- e.times[2].metric(lag)
	}
}

// Server serves an Exporter at /metrics.
type Server struct {
	Exporter
	http http.Server
	addr net.Addr
	done chan struct{}
}

// Serve listens at an address and serves until Close.
func Serve(address string) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Server{addr: l.Addr(), done: make(chan struct{})}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&s.Exporter)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s.http = http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // http.ErrServerClosed, as l is not touched by others
	}()
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() net.Addr { return s.addr }

// Close ends it. Answers under way have a second to end.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-s.done
	return err
}
