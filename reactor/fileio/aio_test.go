package fileio_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/codec"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// A file is a stream of bytes that package aio knows.
var (
	_ aio.ReadWriter = (*fileio.File)(nil)
	_ aio.Flusher    = (*fileio.File)(nil)
)

// What is written through a buffer is read through another one, line by line.
func TestBufferedLinesOfAFile(t *testing.T) {
	f := must(t, fileio.Create(temp(t)))
	w := aio.NewBufWriter(f, 100)
	var want bytes.Buffer
	for i := range 1000 {
		line := fmt.Sprintf("line %d %s\n", i, strings.Repeat("x", i%50))
		want.WriteString(line)
		must[int](t, future.Box(aio.WriteAll(w, []byte(line))))
	}
	must[future.Unit](t, future.Box(aio.Flush(w)))
	if got := must(t, f.Stat()).Size(); got != int64(want.Len()) {
		t.Errorf("the file has %d bytes of %d", got, want.Len())
	}
	must(t, f.SeekTo(0, io.SeekStart))
	r := aio.NewBufReader(f, 128)
	for n := 0; ; n++ {
		line, err := future.BlockOn(future.Box(r.ReadLine(1000)))
		if err == io.EOF {
			if n != 1000 {
				t.Errorf("%d lines of 1000", n)
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if next, _ := want.ReadString('\n'); string(line)+"\n" != next {
			t.Fatalf("line %d is %q, want %q", n, line, next)
		}
	}
	must(t, f.Close())
}

// A copy by polls ends with all of it in the file.
func TestCopyOfAStreamToAFile(t *testing.T) {
	f := must(t, fileio.Create(temp(t)))
	text := strings.Repeat("0123456789", 100_000)
	if n := must[int64](t, future.Box(aio.Copy(f, aio.FromReader(strings.NewReader(text)), nil))); n != int64(len(text)) {
		t.Errorf("copied %d bytes of %d", n, len(text))
	}
	must(t, f.Sync())
	contains(t, f.Name(), text)
	must(t, f.Close())
}

// The lines of a file as a stream.
func ExampleFile_PollRead() {
	inTemp(func(co *future.Co, name string) (string, error) {
		if _, err := fileio.WriteFile(name, []byte("one\ntwo\nthree"), 0o600).Await(co); err != nil {
			return "", err
		}
		f, err := fileio.Open(name).Await(co)
		if err != nil {
			return "", err
		}
		defer func() { f.Close().Await(co) }()
		lines := codec.NewFramedRead(f, new(codec.Lines))
		defer lines.Drop()
		n := 0
		for {
			line, err := future.Next(lines).Await(co)
			if err == future.ErrEnd {
				return fmt.Sprint(n, " lines"), nil
			}
			if err != nil {
				return "", err
			}
			if len(line) > 0 {
				n++
			}
		}
	})
	// Output: 3 lines <nil>
}
