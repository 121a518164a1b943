package stats

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// What one machine counted goes to another as it is: the counts of all histograms, value by value, and not what they come
// to. So what several machines counted adds up to what one would have counted, and a percentile of it is that of all samples.
// (The mean of three machines' p99 is no percentile of anything.)

// wireTotal is a Total on its way.
type wireTotal struct {
	Latency  sparse            `json:"latency,omitempty"`
	Open     *wireOpen         `json:"open,omitempty"`
	Counts   []uint64          `json:"counts"` // in the order of counts.fields
	Status   map[int]uint64    `json:"status,omitempty"`
	Failures map[string]uint64 `json:"failures,omitempty"`
	Examples map[string]string `json:"examples,omitempty"`
	Lanes    []wireLane        `json:"lanes,omitempty"`
}

// wireLane is a lane on its way.
type wireLane struct {
	Times    sparse            `json:"times,omitempty"`
	Failures map[string]uint64 `json:"failures,omitempty"`
	Early    uint64            `json:"early,omitempty"`
	Open     uint64            `json:"open,omitempty"`
}

// wireOpen is what an open load has besides.
type wireOpen struct {
	Service sparse `json:"service,omitempty"`
	Lag     sparse `json:"lag,omitempty"`
	Own     sparse `json:"own,omitempty"`
	Every   uint64 `json:"every"`
	Starts  []byte `json:"starts,omitempty"` // pairs of varints: each the difference to the pair before
}

// maxExample is how much of an example is sent.
const maxExample = 1 << 10

// fields are all counts, in the order in which they are sent.
func (c *counts) fields() []*uint64 {
	return []*uint64{
		&c.connects, &c.closedIdle, &c.lenient, &c.began, &c.shed, &c.unsent, &c.sent, &c.received,
		&c.overLimit.n, &c.unanswered.n, &c.connecting.n,
	}
}

// times are the times beside counts, which are sent behind them.
func (c *counts) times() []*int64 {
	return []*int64{&c.overLimit.ns, &c.unanswered.ns, &c.connecting.ns}
}

// MarshalJSON implements json.Marshaler. Nothing is lost but the ends of very long examples, and what errors they were.
func (t *Total) MarshalJSON() ([]byte, error) {
	w := wireTotal{Latency: sparseOf(t.times.latency)}
	if o := t.times.open; o != nil {
		w.Open = &wireOpen{sparseOf(o.service), sparseOf(o.lag), sparseOf(o.own), o.starts.every, o.starts.encode()}
	}
	for _, n := range t.counts.fields() {
		w.Counts = append(w.Counts, *n)
	}
	for _, ns := range t.counts.times() {
		w.Counts = append(w.Counts, uint64(*ns))
	}
	for code, n := range t.status {
		if n > 0 {
			put(&w.Status, code, n)
		}
	}
	w.Failures = byName(&t.failures)
	for _, l := range t.lanes {
		w.Lanes = append(w.Lanes, wireLane{sparseOf(l.times), byName(&l.failures), l.early, l.open})
	}
	for k := range kinds {
		if err := t.examples[k]; err != nil {
			text := err.Error()
			put(&w.Examples, k.String(), text[:min(len(text), maxExample)])
		}
	}
	return json.Marshal(&w)
}

// UnmarshalJSON implements json.Unmarshaler. What it reads may have been made by anybody.
func (t *Total) UnmarshalJSON(text []byte) error {
	var w wireTotal
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return err
	}
	*t = Total{}
	var err error
	if t.times.latency, err = w.Latency.histogram(digits); err != nil {
		return err
	}
	if w.Open != nil {
		o := &openTimes{starts: newStarts()}
		t.times.open = o
		var errs [4]error
		o.service, errs[0] = w.Open.Service.histogram(digits)
		o.lag, errs[1] = w.Open.Lag.histogram(digits)
		o.own, errs[2] = w.Open.Own.histogram(digits)
		errs[3] = o.starts.decode(w.Open.Every, w.Open.Starts)
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
	}
	numbers, ns := t.counts.fields(), t.counts.times()
	if len(w.Counts) != len(numbers)+len(ns) {
		return fmt.Errorf("%d counts, and there are %d", len(w.Counts), len(numbers)+len(ns))
	}
	for i, n := range w.Counts {
		if i < len(numbers) {
			*numbers[i] = n
		} else {
			*ns[i-len(numbers)] = int64(n)
		}
	}
	for code, n := range w.Status {
		if code < 1 || code >= statuses {
			return fmt.Errorf("there is no status %d", code)
		}
		t.status[code] = n
	}
	for k := range kinds {
		if text, ok := w.Examples[k.String()]; ok {
			t.examples[k] = errors.New(text)
		}
	}
	if len(w.Lanes) > maxLanes {
		return fmt.Errorf("%d lanes, and there are %d at most", len(w.Lanes), maxLanes)
	}
	for i, l := range w.Lanes {
		to := t.lane(Lane(i + 1))
		to.early, to.open = l.Early, l.Open
		if to.times, err = l.Times.histogram(laneDigits); err != nil {
			return err
		}
		if err := fromNames(&to.failures, l.Failures); err != nil {
			return err
		}
	}
	return fromNames(&t.failures, w.Failures)
}

// maxLanes is more than a file of scenarios has steps.
const maxLanes = 1 << 12

// byName is failures by their kinds' names.
func byName(failures *[kinds]uint64) (names map[string]uint64) {
	for k, n := range failures {
		if n > 0 {
			put(&names, Kind(k).String(), n)
		}
	}
	return names
}

func fromNames(failures *[kinds]uint64, names map[string]uint64) error {
	for k := range kinds {
		failures[k] = names[k.String()]
		delete(names, k.String())
	}
	for kind := range names {
		return fmt.Errorf("there is no kind of failure %q", kind)
	}
	return nil
}

func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

func (s *starts) encode() (p []byte) {
	var last start
	for _, x := range s.list {
		p = binary.AppendVarint(p, int64(x.n-last.n))
		p = binary.AppendVarint(p, int64(x.began-last.began))
		last = x
	}
	return p
}

func (s *starts) decode(every uint64, p []byte) error {
	if every == 0 || every&(every-1) != 0 {
		return fmt.Errorf("a sample of each %d-th window, which is no power of two", every)
	}
	s.every = every
	var x start
	for len(p) > 0 {
		n, a := binary.Varint(p)
		if a <= 0 {
			return errTruncated
		}
		began, b := binary.Varint(p[a:])
		if b <= 0 {
			return errTruncated
		}
		p = p[a+b:]
		x.n += uint64(n)
		x.began += time.Duration(began)
		s.add(x)
	}
	return nil
}

var errTruncated = errors.New("a sample of begins that ends amid one")
