package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"
)

func TestStatusText(t *testing.T) {
	for status := range 600 {
		if got, want := StatusText(status), http.StatusText(status); got != want && status != 418 {
			t.Errorf("%d: %q, net/http %q", status, got, want)
		}
	}
	if got := string(AppendStatus(nil, 599)); got != "HTTP/1.1 599 \r\n" {
		t.Errorf("%q", got)
	}
}

// What is written net/http reads.
func TestWrittenResponse(t *testing.T) {
	at := time.Date(2026, 11, 26, 8, 0, 0, 0, time.FixedZone("", 3600))
	b := AppendStatus(nil, 201)
	b = AppendDate(b, at)
	b = AppendField(b, "Trailer", "Sum")
	b = AppendChunked(b)
	b = AppendEnd(b)
	b = AppendChunk(b, []byte("Hello, "))
	b = AppendChunk(b, nil)
	b = AppendChunk(b, bytes.Repeat([]byte("x"), 300))
	b = AppendLastChunk(b)
	b = AppendField(b, "Sum", "7")
	b = AppendEnd(b)
	b = AppendStatus(b, 200)
	b = AppendLength(b, 2)
	b = AppendEnd(b)
	b = append(b, "ok"...)

	r := bufio.NewReader(bytes.NewReader(b))
	first, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(first.Body)
	if err != nil || len(content) != 307 || first.StatusCode != 201 || first.Trailer.Get("Sum") != "7" {
		t.Errorf("%d bytes, %v, %+v", len(content), err, first)
	}
	if date, err := http.ParseTime(first.Header.Get("Date")); err != nil || !date.Equal(at) {
		t.Errorf("date %v, %v", date, err)
	}
	second, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(second.Body); err != nil || string(content) != "ok" {
		t.Errorf("%q, %v", content, err)
	}
}

func TestCheckField(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        error
	}{
		{"A", "b", nil},
		{"A", "\tb \xc3\xa9", nil},
		{"A", "", nil},
		{"", "b", ErrFieldName},
		{"A:", "b", ErrFieldName},
		{"A\r\nB", "b", ErrFieldName},
		{"A", "b\r\nC: d", ErrFieldValue},
		{"A", "b\n", ErrFieldValue},
		{"A", "\x00", ErrFieldValue},
	} {
		// A nil *Error in an error would not be nil.
		if err := CheckField(c.name, c.value); err != c.want {
			t.Errorf("%q: %q: %v, want %v", c.name, c.value, err, c.want)
		}
	}
}

func TestCheckTrailer(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        error
	}{
		{"Sum", "b", nil},
		{"", "b", ErrFieldName},
		{"A B", "b", ErrFieldName},
		{"A", "b\r\nC: d", ErrFieldValue},
		{"Content-Length", "1", ErrTrailerName},
		{"transfer-encoding", "chunked", ErrTrailerName},
		{"host", "x", ErrTrailerName},
		{"Te", "x", ErrTrailerName},
	} {
		if err := CheckTrailer(c.name, c.value); err != c.want {
			t.Errorf("%q: %q: %v, want %v", c.name, c.value, err, c.want)
		}
	}
}
