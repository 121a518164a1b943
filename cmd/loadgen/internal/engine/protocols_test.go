package engine

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/wire/resp"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// inPieces writes a text in pieces of a few bytes.
func inPieces(c net.Conn, text string) error {
	for at := 0; at < len(text); at += 3 {
		if _, err := io.WriteString(c, text[at:min(at+3, len(text))]); err != nil {
			return err
		}
	}
	return nil
}

func TestRunSendsBytesAndKnowsTheEndOfReplies(t *testing.T) {
	address := serve(t, func(_ int, c *net.TCPConn) {
		for lines := bufio.NewScanner(c); lines.Scan(); {
			if inPieces(c, "+"+lines.Text()+" is\r\nthe END\r\n") != nil {
				return
			}
		}
	})
	const reply = "+ask is\r\nthe END\r\n"
	for _, f := range []struct {
		name, kind string
		reply      Reply
	}{
		{"length", "", Reply{Length: len(reply)}},
		{"delimiter", "", Reply{Until: "END\r\n"}},
		{"regexp", "", Reply{Match: `END\r\n`}},
		{"too short", "bad_response", Reply{Length: 4}}, // which is no end of a piece
		{"never", "timeout", Reply{Until: "nothing of that kind"}},
	} {
		c := config(t, "tcp://"+address, 20)
		c.Send, c.Reply, c.Pipeline = "ask\n", f.reply, 4
		if f.kind != "" {
			c.Requests, c.Timeout, c.Pipeline = 2, 50*time.Millisecond, 1
		}
		r := mustRun(t, t.Context(), newRuntime(t), c)
		if f.kind == "" && (r.Succeeded != 20 || r.Failed != 0 || r.BytesReceived != 20*uint64(len(reply))) {
			t.Errorf("%s: %d succeeded, %d bytes, errors %v", f.name, r.Succeeded, r.BytesReceived, r.ErrorExamples)
		}
		if f.kind != "" && r.Errors[f.kind] == 0 {
			t.Errorf("%s: errors %v, want %s", f.name, r.ErrorExamples, f.kind)
		}
	}
}

func TestRunGivesUpAReplyWithoutEnd(t *testing.T) {
	c := config(t, "tcp://"+serve(t, func(_ int, c *net.TCPConn) {
		for {
			if _, err := c.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	}), 1)
	c.Send, c.Reply = "x", Reply{Until: "end"}
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Errors["bad_response"] != 1 {
		t.Errorf("errors %v", r.ErrorExamples)
	}
}

func packets(t *testing.T, handle func(n int, p []byte) []byte) string {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		p := make([]byte, MaxDatagram)
		for i := 0; ; i++ {
			n, from, err := l.ReadFrom(p)
			if err != nil {
				return
			}
			if answer := handle(i, p[:n]); answer != nil {
				_, _ = l.WriteTo(answer, from)
			}
		}
	}()
	return "udp://" + l.LocalAddr().String()
}

// What is not answered is lost, and the rest goes on; what comes late or twice, or in another order, is no failure.
func TestRunCountsLostDatagrams(t *testing.T) {
	var late []byte
	c := config(t, packets(t, func(i int, p []byte) []byte {
		switch i % 10 {
		case 3:
			return nil
		case 4: // and the one after that comes first
			late = append([]byte(nil), p...)
			return nil
		case 6:
			p = late
		}
		return p
	}), 100)
	c.Connections, c.Pipeline, c.Timeout = 1, 8, 100*time.Millisecond
	r := mustRun(t, t.Context(), newRuntime(t), c)
	// A slow machine loses more.
	if lost := r.Errors["lost"]; lost < 20 || r.Succeeded+lost != 100 || r.Failed != lost || r.Connects != 1 {
		t.Errorf("%d succeeded, %d connects, errors %v %v", r.Succeeded, r.Connects, r.Errors, r.ErrorExamples)
	}
}

func TestRunLooksAtDatagrams(t *testing.T) {
	c := config(t, packets(t, func(i int, p []byte) []byte {
		switch i % 4 {
		case 0:
			p[len(p)-1]++
		case 1:
			return p[:len(p)-1]
		case 2:
			return append(p, 0)
		}
		return p
	}), 8)
	c.Connections = 1
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Errors["wrong_echo"] != 6 || r.Succeeded != 2 {
		t.Errorf("%d succeeded, errors %v", r.Succeeded, r.ErrorExamples)
	}
	c.Size = MaxDatagram + 1
	if err := c.Check(); err == nil {
		t.Error("a datagram that is too large was taken")
	}
}

func TestRunAgainstRedis(t *testing.T) {
	var hello atomic.Int64
	address := serve(t, func(_ int, c *net.TCPConn) {
		var r resp.Reader
		var buf []byte
		p := make([]byte, 4096)
		for {
			n, err := c.Read(p)
			if err != nil {
				return
			}
			buf = append(buf, p[:n]...)
			for {
				n, args, err := r.Next(buf, nil, nil)
				if err != nil || n == 0 {
					break
				}
				answer := "+OK\r\n"
				switch line := fmt.Sprintf("%s", args); line {
				case "[AUTH me secret]", "[SELECT 3]":
					hello.Add(1)
				case "[GET key with blanks]":
					answer = "$5\r\nvalue\r\n"
				case "[FAIL]":
					answer = "-ERR it does not\r\n"
				case "[ODD]":
					answer = "odd\r\n"
				default:
					answer = "-ERR unexpected " + line + "\r\n"
				}
				if buf = buf[n:]; inPieces(c, answer) != nil {
					return
				}
			}
		}
	})
	c := config(t, "redis://me:secret@"+address+"/3", 100)
	c.Connections, c.Pipeline, c.Send = 2, 16, `GET "key with blanks"`
	r := mustRun(t, t.Context(), newRuntime(t), c)
	// One of the two may have done all before the other is through.
	if r.Succeeded != 100 || r.Failed != 0 || hello.Load() < 2 || hello.Load() > 4 {
		t.Errorf("%d succeeded, greeted %d times, errors %v", r.Succeeded, hello.Load(), r.ErrorExamples)
	}
	c.Send = "FAIL"
	if r = mustRun(t, t.Context(), newRuntime(t), c); r.Requests != 100 || r.Succeeded != 0 || r.Errors["error_reply"] != 100 || r.Connects > 2 {
		t.Errorf("errors: %d of %d succeeded, %d connects, %v", r.Succeeded, r.Requests, r.Connects, r.ErrorExamples)
	}
	if want := `"-ERR it does not"`; !strings.Contains(r.ErrorExamples["error_reply"], want) {
		t.Errorf("told as %v", r.ErrorExamples)
	}
	c.Requests, c.Send = 2, "ODD"
	if r = mustRun(t, t.Context(), newRuntime(t), c); r.Errors["bad_response"] == 0 {
		t.Errorf("no Redis: %v", r.ErrorExamples)
	}
	c = config(t, "redis://"+address+"/4", 1)
	if r = mustRun(t, t.Context(), newRuntime(t), c); r.Errors["error_reply"] != 1 || r.Requests != 0 {
		t.Errorf("a database that is refused: %v", r.ErrorExamples)
	}
}

// upgrade answers the request for an upgrade; key says with which one.
func upgrade(t *testing.T, c net.Conn, r *bufio.Reader) bool {
	request, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	accept := wire.AppendAccept(nil, request.Header.Get("Sec-WebSocket-Key"))
	return inPieces(c, "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: "+string(accept)+"\r\n\r\n") == nil
}

// frames calls handle for each message that comes on a connection, and has it answer.
func frames(c net.Conn, r io.Reader, handle func(op wire.Op, data []byte) []byte) {
	var reader wire.Reader
	var buf, message []byte
	p := make([]byte, 4096)
	for {
		n, err := r.Read(p)
		if err != nil {
			return
		}
		buf = append(buf, p[:n]...)
		for {
			e, n, err := reader.Next(buf)
			if err != nil || n == 0 {
				break
			}
			message = append(message, e.Data...)
			buf = buf[n:]
			if !e.Final {
				continue
			}
			answer := handle(e.Op, message)
			message = nil
			if _, err := c.Write(answer); err != nil || answer == nil {
				return
			}
		}
	}
}

func TestRunAgainstWebSocket(t *testing.T) {
	var pongs atomic.Int64
	address := serve(t, func(_ int, c *net.TCPConn) {
		r := bufio.NewReader(c)
		if !upgrade(t, c, r) {
			return
		}
		frames(c, r, func(op wire.Op, data []byte) []byte {
			if op == wire.Pong {
				pongs.Add(1)
				return []byte{}
			}
			// In two fragments, with a ping between them.
			half := len(data) / 2
			out := append(wire.AppendHeader(nil, wire.Header{Op: op, Length: int64(half)}), data[:half]...)
			out = wire.AppendFrame(out, wire.Ping, "are you there")
			return append(wire.AppendHeader(out, wire.Header{Op: wire.Continuation, Final: true, Length: int64(len(data) - half)}), data[half:]...)
		})
	})
	for _, text := range []string{"", "hello"} {
		pongs.Store(0)
		c := config(t, "ws://"+address+"/path", 100)
		c.Size, c.Send, c.Pipeline, c.Connections = 300, text, 4, 2
		c.Headers = []string{"Origin: here"}
		if r := mustRun(t, t.Context(), newRuntime(t), c); r.Succeeded != 100 || r.Failed != 0 {
			t.Errorf("%q: %d succeeded, errors %v", text, r.Succeeded, r.ErrorExamples)
		}
		if pongs.Load() == 0 {
			t.Errorf("%q: no ping was answered", text)
		}
	}
}

func TestRunTellsWhatIsWrongWithWebSocket(t *testing.T) {
	answers := func(answer func(data []byte) []byte) func(int, *net.TCPConn) {
		return func(_ int, c *net.TCPConn) {
			r := bufio.NewReader(c)
			if upgrade(t, c, r) {
				frames(c, r, func(_ wire.Op, data []byte) []byte { return answer(data) })
			}
		}
	}
	says := func(text string) func(int, *net.TCPConn) {
		return func(_ int, c *net.TCPConn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, text)
				_, _ = io.Copy(io.Discard, c)
			}
		}
	}
	for _, f := range []struct {
		name, kind, want string
		handle           func(int, *net.TCPConn)
	}{
		{"refuses", "bad_response", "status 404 instead of 101", says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")},
		{"answers another key", "bad_response", "Sec-WebSocket-Accept", says("HTTP/1.1 101 Yes\r\nSec-WebSocket-Accept: x\r\n\r\n")},
		{"says no HTTP", "bad_response", "", says("SSH-2.0\r\n")},
		{"closes before", "eof", "before the first request", func(_ int, c *net.TCPConn) { _, _ = http.ReadRequest(bufio.NewReader(c)) }},
		{"says nothing", "timeout", "before the first request", says("")},
		{"says another thing", "wrong_echo", "", answers(func(data []byte) []byte { return wire.AppendFrame(nil, wire.Binary, make([]byte, len(data))) })},
		{"says less", "wrong_echo", "", answers(func(data []byte) []byte { return wire.AppendFrame(nil, wire.Binary, data[1:]) })},
		{"says more", "wrong_echo", "", answers(func(data []byte) []byte { return wire.AppendFrame(nil, wire.Binary, append(data, 0)) })},
		{"says it as text", "wrong_echo", "", answers(func(data []byte) []byte { return wire.AppendFrame(nil, wire.Text, make([]byte, len(data))) })},
		{"masks", "bad_response", "masked", answers(func(data []byte) []byte { return wire.AppendMasked(nil, wire.Binary, data, [4]byte{1}) })},
		{"closes", "eof", `code 1001 "bye"`, answers(func([]byte) []byte {
			return wire.AppendFrame(nil, wire.Close, wire.AppendClosing(nil, wire.GoingAway, "bye"))
		})},
	} {
		c := config(t, "ws://"+serve(t, f.handle), 2)
		c.Connections = 1
		if f.kind == "timeout" {
			c.Timeout = 50 * time.Millisecond
		}
		r := mustRun(t, t.Context(), newRuntime(t), c)
		if r.Errors[f.kind] == 0 || !strings.Contains(r.ErrorExamples[f.kind], f.want) {
			t.Errorf("%s: errors %v, want %s with %q", f.name, r.ErrorExamples, f.kind, f.want)
		}
	}
}
