package aio_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/stream"
)

// greet is a server of one connection: it knows no sockets.
func greet(conn aio.Conn) future.Future[int] {
	return future.Async(func(co *future.Co) (greeted int, err error) {
		defer conn.Close()
		in, out := aio.NewBufReader(conn, 0), aio.NewBufWriter(conn, 0)
		for {
			name, err := in.ReadLine(100).Await(co)
			if err != nil {
				return greeted, nil // the end
			}
			if _, err := out.WriteAll([]byte("hello, " + string(name) + "\n")).Await(co); err != nil {
				return greeted, err
			}
			if _, err := out.Flush().Await(co); err != nil {
				return greeted, err
			}
			greeted++
		}
	})
}

// A server that takes a Conn is tested without a network.
func ExampleDuplex() {
	client, server := aio.Duplex(1024)
	user := future.Async(func(co *future.Co) (string, error) {
		if _, err := client.WriteAll([]byte("Ada\nGrace\n")).Await(co); err != nil {
			return "", err
		}
		if err := client.CloseWrite(); err != nil {
			return "", err
		}
		all, err := aio.ReadAll(client, 1<<10).Await(co)
		return string(all), err
	})
	both, err := future.BlockOn(future.Box(future.Join(future.Of(user), future.Of(greet(server)))))
	fmt.Print(both.First)
	fmt.Println(both.Second, err)
	// Output:
	// hello, Ada
	// hello, Grace
	// 2 <nil>
}

func ExampleSimplex() {
	r, w := aio.Simplex(4) // less than what is written: the writer waits for the reader
	both, err := future.BlockOn(future.Box(future.Join(
		future.Of(future.Async(func(co *future.Co) (int, error) {
			defer w.Close()
			return w.WriteAll([]byte("hello world")).Await(co)
		})),
		aio.ReadAll(r, 100),
	)))
	fmt.Println(both.First, string(both.Second), err)
	// Output: 11 hello world <nil>
}

func ExampleCopy() {
	n, err := future.BlockOn(future.Box(aio.Copy(aio.FromWriter(os.Stdout), aio.FromReader(strings.NewReader("hello\n")), nil)))
	fmt.Println(n, err)
	// Output:
	// hello
	// 6 <nil>
}

// A proxy: what comes from one side goes to the other, until both have ended.
func ExampleCopyBidirectional() {
	client, front := aio.Duplex(64)
	back, server := aio.Duplex(64)
	talk := func(end *aio.DuplexEnd, word string) future.Op[[]byte] {
		return future.Of(future.Async(func(co *future.Co) ([]byte, error) {
			if _, err := end.WriteAll([]byte(word)).Await(co); err != nil {
				return nil, err
			}
			if err := end.CloseWrite(); err != nil {
				return nil, err
			}
			return aio.ReadAll(end, 100).Await(co)
		}))
	}
	heard, err := future.BlockOn(future.Box(future.Join(
		aio.CopyBidirectional(front, back),
		future.Join(talk(client, "a question"), talk(server, "an answer")),
	)))
	fmt.Printf("%+v %s, %s, %v\n", heard.First, heard.Second.First, heard.Second.Second, err)
	// Output: {AToB:10 BToA:9} an answer, a question, <nil>
}

func ExampleReadFull() {
	r := aio.FromReader(strings.NewReader("\x00\x05hello"))
	head := make([]byte, 2)
	n, err := future.BlockOn(future.Box(aio.ReadFull(r, head)))
	fmt.Println(n, head, err)
	body := make([]byte, 9)
	n, err = future.BlockOn(future.Box(aio.ReadFull(r, body)))
	fmt.Println(string(body[:n]), err)
	// Output:
	// 2 [0 5] <nil>
	// hello unexpected EOF
}

func ExampleReadAll() {
	r := aio.FromReader(strings.NewReader("more than was agreed on"))
	all, err := future.BlockOn(future.Box(aio.ReadAll(r, 9)))
	fmt.Printf("%q %v\n", all, err)
	// Output: "more than" aio: longer than the limit
}

func ExampleWriteVectored() {
	head, body := []byte("HTTP/1.1 200 OK\n\n"), []byte("hello\n")
	_, err := future.BlockOn(future.Box(aio.WriteVectored(aio.FromWriter(os.Stdout), [][]byte{head, body})))
	fmt.Println(err)
	// Output:
	// HTTP/1.1 200 OK
	//
	// hello
	// <nil>
}

func ExampleBufReader_ReadLine() {
	b := aio.NewBufReader(aio.FromReader(strings.NewReader("one\r\ntwo\n\nlast")), 0)
	for {
		line, err := future.BlockOn(future.Box(b.ReadLine(80)))
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%q\n", line)
	}
	// Output:
	// "one"
	// "two"
	// ""
	// "last"
	// EOF
}

func ExampleTake() {
	r := aio.Chain(aio.Take(aio.Repeat('-'), 3), aio.FromReader(strings.NewReader(">")))
	all, err := future.BlockOn(future.Box(aio.ReadAll(r, 80)))
	fmt.Println(string(all), err)
	// Output: ---> <nil>
}

// What takes an io.Reader awaits in an async function.
func ExampleNewCoReader() {
	r, w := aio.Simplex(64)
	decode := future.Async(func(co *future.Co) (v struct{ Name string }, err error) {
		err = json.NewDecoder(aio.NewCoReader(co, r)).Decode(&v)
		return v, err
	})
	encode := future.Async(func(co *future.Co) (future.Unit, error) {
		defer w.Close()
		return future.Unit{}, json.NewEncoder(aio.NewCoWriter(co, w)).Encode(map[string]string{"Name": "Ada"})
	})
	both, err := future.BlockOn(future.Box(future.Join(future.Of(decode), future.Of(encode))))
	fmt.Println(both.First.Name, err)
	// Output: Ada <nil>
}

// Standard input blocks: it is read on a goroutine of a pool.
func ExampleNewBlockingReader() {
	r, w, err := os.Pipe()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	go func() {
		defer w.Close()
		fmt.Fprintln(w, "typed")
	}()
	in := aio.NewBufReader(aio.NewBlockingReader(r, nil), 0)
	line, err := future.BlockOn(future.Box(in.ReadLine(80)))
	fmt.Println(string(line), err)
	// Output: typed <nil>
}

// What is written goes into a channel, piece by piece.
func ExampleToSink() {
	tx, rx := coord.MPSC[[]byte](4)
	w := aio.ToSink(tx.Sink())
	_, err := future.BlockOn(future.Do(func(co *future.Co) error {
		if _, err := aio.WriteAll(w, []byte("hello")).Await(co); err != nil {
			return err
		}
		_, err := aio.CloseWrite(w).Await(co)
		return err
	}))
	all, _ := future.BlockOn(stream.Collect[[]byte](rx))
	fmt.Printf("%q %v\n", all, err)
	// Output: ["hello"] <nil>
}
