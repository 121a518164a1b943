package stats

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadJSON reads a report that WriteJSON wrote. Fields that it does not know, as those of a later version, are passed over.
func ReadJSON(r io.Reader) (*Report, error) {
	d := json.NewDecoder(r)
	var report Report
	if err := d.Decode(&report); err != nil {
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, errors.New("it ends before the report does")
		case errors.As(err, &syntax):
			return nil, fmt.Errorf("it is no JSON: %w", err)
		}
		return nil, fmt.Errorf("it is no report of a run: %w", err)
	}
	switch {
	case report.Schema == "":
		return nil, fmt.Errorf("it is no report of a run: it has no schema, such as %q", Schema)
	case report.Schema != Schema:
		return nil, fmt.Errorf("its schema is %q, and this program reads %q", report.Schema, Schema)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the report")
	}
	return &report, report.check()
}

// check looks for what would trouble those who compute with a report.
func (r *Report) check() error {
	end := int64(0)
	for n, i := range r.Series {
		switch {
		case i == nil:
			return fmt.Errorf("interval %d is null", n)
		case i.Start < end || i.Length < 0 || i.Length > 1<<62-i.Start:
			return fmt.Errorf("interval %d from %d for %d ns: it does not follow the one before", n, i.Start, i.Length)
		case (i.Service == nil) != (i.Lag == nil) || (i.Service == nil) != (i.OwnLag == nil):
			return fmt.Errorf("interval %d has some of service, lag and own_lag, but not all", n)
		}
		end = i.Start + i.Length
	}
	return nil
}
