//go:build (linux || darwin || freebsd) && !portable

package netio_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// asServer has the test program be a server that was handed its listener: it answers each line of a connection with a line, until a line
// on its input has it replace itself.
const asServer = "NETIO_HOT_RESTART"

// The program is replaced five times under load, and each request is answered.
func TestHotRestart(t *testing.T) {
	if os.Getenv(asServer) != "" {
		if err := restartable(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	l := listen(t, "tcp", "127.0.0.1:0")
	file, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // it goes on in the child
	server := startServer(t, file)
	file.Close()
	var stop atomic.Bool
	var answered atomic.Int64
	var clients sync.WaitGroup
	seen := sync.Map{} // processes that answered
	for range 4 {
		clients.Go(func() {
			for !stop.Load() {
				who, err := ask(l.Addr().String())
				if err != nil {
					t.Errorf("after %d answers: %v", answered.Load(), err)
					return
				}
				seen.Store(who, true)
				answered.Add(1)
			}
		})
	}
	for range 5 {
		for before := answered.Load(); answered.Load() < before+50 && !t.Failed(); {
			next, err := ask(l.Addr().String())
			if err != nil {
				t.Fatal(next, err)
			}
		}
		io.WriteString(server.in, "replace\n")
		line, err := server.out.ReadString('\n')
		if err != nil || line != "replaced\n" {
			t.Errorf("it said %q, %v", line, err)
			break
		}
	}
	stop.Store(true)
	clients.Wait()
	server.in.Close() // the last one ends with its input
	if err := server.cmd.Wait(); err != nil {
		t.Error(err)
	}
	n := 0
	seen.Range(func(any, any) bool { n++; return true })
	if t.Logf("%d answers of %d processes", answered.Load(), n); n < 3 {
		t.Errorf("only %d processes answered", n)
	}
}

// ask makes two requests of one connection, and returns the answer.
func ask(addr string) (string, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for range 2 {
		if _, err := io.WriteString(c, "who\n"); err != nil {
			return "", err
		}
		if _, err := r.ReadString('\n'); err != nil {
			return "", err
		}
	}
	io.WriteString(c, "who\n")
	return r.ReadString('\n')
}

type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startProcess starts this program as a server, with the input, and waits until it accepts.
func startProcess(file *os.File, input *os.File) (*process, error) {
	p := &process{cmd: testkit.Again("TestHotRestart", asServer+"=1")}
	p.cmd.Stderr = os.Stderr
	if err := netio.HandOver(p.cmd, netio.Passed{Name: "main", File: file}); err != nil {
		return nil, err
	}
	var err error
	if input != nil {
		p.cmd.Stdin = input
	} else if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	line, err := p.out.ReadString('\n')
	if line != "accepting\n" {
		err = errors.Join(err, fmt.Errorf("it said %q", line))
	}
	return p, err
}

func startServer(t *testing.T, file *os.File) *process {
	t.Helper()
	p, err := startProcess(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// restartable serves until its input ends. A line there has it start the next one, which gets the listener, and then it
// drains, and is the next one's way to its input and output.
func restartable() error {
	passed, err := netio.TakePassed()
	if err != nil || len(passed) != 1 || passed[0].Name != "main" {
		return fmt.Errorf("passed were %v, %v", passed, err)
	}
	if again, err := netio.TakePassed(); len(again) != 0 || err != nil || os.Getenv("LISTEN_FDS") != "" {
		return fmt.Errorf("passed again were %v, %v", again, err)
	}
	l, err := passed[0].Listener()
	if err != nil {
		return err
	}
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		return err
	}
	accepting := sched.Spawn(rt, future.Do(func(co *future.Co) error {
		for {
			c, err := l.Accept().Await(co)
			if err != nil {
				return nil
			}
			sched.Spawn(co, future.Do(func(co *future.Co) error {
				s := netio.NewStream(co, c)
				defer s.Close()
				for r := bufio.NewReader(s); ; {
					if _, err := r.ReadString('\n'); err != nil {
						return nil
					}
					fmt.Fprintln(s, os.Getpid())
				}
			}))
		}
	}))
	fmt.Println("accepting")
	var next *process
	one := make([]byte, 1)
	for {
		if _, err := os.Stdin.Read(one); err != nil {
			break
		}
		if one[0] != '\n' {
			continue
		}
		file, err := l.File()
		if err != nil {
			return err
		}
		if next, err = startProcess(file, os.Stdin); err != nil {
			return err
		}
		file.Close()
		break
	}
	l.Close()
	if _, err := accepting.Wait(context.Background()); err != nil {
		return err
	}
	if next != nil {
		fmt.Println("replaced")
		if _, err := io.Copy(os.Stdout, next.out); err != nil {
			return err
		}
		if err := next.cmd.Wait(); err != nil {
			return err
		}
	}
	return rt.Shutdown(context.Background()) // when every connection has ended
}

func TestPassedToOthers(t *testing.T) {
	for name, env := range map[string][]string{
		"for another": {"LISTEN_PID=1", "LISTEN_FDS=1"}, "of another": {"MAGPIE_LISTEN_PARENT=1", "LISTEN_FDS=1"}, "without": {"LISTEN_FDS=1"},
	} {
		for _, v := range env {
			k, v, _ := strings.Cut(v, "=")
			t.Setenv(k, v)
		}
		if all, err := netio.TakePassed(); len(all) != 0 || err != nil || os.Getenv("LISTEN_FDS") != "" {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
	for _, env := range [][2]string{{"x", ""}, {"-1", ""}, {"2", "one"}} {
		t.Setenv("LISTEN_PID", fmt.Sprint(os.Getpid()))
		t.Setenv("LISTEN_FDS", env[0])
		t.Setenv("LISTEN_FDNAMES", env[1])
		if all, err := netio.TakePassed(); len(all) != 0 || err == nil {
			t.Errorf("%v: %v, %v", env, all, err)
		}
	}
	cmd := exec.Command("true")
	if err := netio.HandOver(cmd, netio.Passed{Name: "a:b", File: os.Stdin}); err == nil {
		t.Error("a name with a colon was taken")
	}
	if err := netio.HandOver(cmd, netio.Passed{Name: "a"}); err == nil {
		t.Error("no file was taken")
	}
}
