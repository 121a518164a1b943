package codec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/codec"
)

// A server that answers each line. What reads and what sends stand on one connection, here in memory.
func ExampleNewFramed() {
	client, server := aio.Duplex(256)
	serve := future.Async(func(co *future.Co) (lines int, err error) {
		f := codec.NewFramed(server, &codec.Lines{Max: 16})
		for {
			line, err := future.Next(f).Await(co)
			switch {
			case err == future.ErrEnd:
				_, err = f.CloseWrite().Await(co)
				return lines, err
			case errors.Is(err, codec.ErrTooLong): // what follows it is served
				line = []byte("too long")
			case err != nil:
				return lines, err
			}
			if _, err := f.Send([]byte("> " + string(line))).Await(co); err != nil {
				return lines, err
			}
			lines++
		}
	})
	ask := future.Async(func(co *future.Co) (string, error) {
		if _, err := client.WriteAll([]byte("hello\r\na line of more than 16 bytes\nyou\n")).Await(co); err != nil {
			return "", err
		}
		_ = client.CloseWrite()
		all, err := aio.ReadAll(client, 1024).Await(co)
		return string(all), err
	})
	both, err := future.BlockOn(future.Box(future.Join(future.Of(serve), future.Of(ask))))
	fmt.Print(both.Second)
	fmt.Println(both.First, err)
	// Output:
	// > hello
	// > too long
	// > you
	// 3 <nil>
}

func ExampleFramedRead() {
	r := aio.FromReader(strings.NewReader("a,bc;d"))
	f := codec.NewFramedRead(r, &codec.AnyDelimiter{Delimiters: ",;"})
	for {
		frame, err := future.BlockOn(future.Box(future.Next(f)))
		if err == future.ErrEnd {
			break
		}
		fmt.Printf("%s %v\n", frame, err)
	}
	// Output:
	// a <nil>
	// bc <nil>
	// d <nil>
}

func ExampleFramedWrite() {
	f := codec.NewFramedWrite(aio.FromWriter(os.Stdout), &codec.Lines{})
	for _, line := range []string{"gathered", "and written together"} {
		if _, err := future.BlockOn(future.Box(f.Feed([]byte(line)))); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(f.Pending())
	_, err := future.BlockOn(future.Box(f.Flush()))
	fmt.Println(err)
	// Output:
	// 30
	// gathered
	// and written together
	// <nil>
}

// A length of two bytes that counts itself.
func ExampleLengthDelimited() {
	d := codec.LengthDelimited{FieldLen: 2, Adjust: -2}
	p, err := d.Encode(nil, []byte("hello"))
	fmt.Printf("%q %v\n", p, err)
	frame, n, err := d.Decode(append(p, "rest"...), false)
	fmt.Printf("%q %d %v\n", frame, n, err)
	// Output:
	// "\x00\ahello" <nil>
	// "hello" 7 <nil>
}

// message is what a codec of one's own makes of lines.
type message struct{ From, Text string }

// jsonLines is JSON, a value a line.
type jsonLines struct{ lines codec.Lines }

func (j *jsonLines) Decode(src []byte, end bool) (m message, n int, err error) {
	line, n, err := j.lines.Decode(src, end)
	if err == nil {
		err = json.Unmarshal(line, &m)
	}
	return m, n, err
}

func (j *jsonLines) Encode(dst []byte, m message) ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return dst, err
	}
	return j.lines.Encode(dst, text)
}

// A codec of one's own, of another one.
func ExampleDecoder() {
	r, w := aio.Simplex(256)
	out, in := codec.NewFramedWrite(w, new(jsonLines)), codec.NewFramedRead(r, new(jsonLines))
	if _, err := future.BlockOn(future.Box(out.Send(message{"Ada", "hello"}))); err != nil {
		fmt.Println(err)
	}
	m, err := future.BlockOn(future.Box(future.Next(in)))
	fmt.Println(m.From, m.Text, err)
	// Output: Ada hello <nil>
}
