//go:build (linux || darwin || freebsd) && !portable

package netio_test

import (
	"bufio"
	"context"
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
	"golang.org/x/sys/unix"
)

// asServer has the test program be a server that was handed its listener, if it is 1: it answers each line of a connection with a line, until a line
// on its input has it replace itself. Else it is what a successor does that fails.
const asServer = "NETIO_HOT_RESTART"

// The program is replaced five times under load, and each request is answered.
func TestHotRestart(t *testing.T) {
	if how := os.Getenv(asServer); how != "" {
		serve := restartable
		if how != "1" {
			serve = func() error { return failing(how) }
		}
		if err := serve(); err != nil {
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
	server := successor("1")
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err = netio.StartSuccessor(ctx, server, netio.Passed{Name: "main", File: file})
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	said := bufio.NewReader(out)
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
		io.WriteString(in, "replace\n")
		line, err := said.ReadString('\n')
		if err != nil || line != "replaced\n" {
			t.Errorf("it said %q, %v", line, err)
			break
		}
	}
	stop.Store(true)
	clients.Wait()
	in.Close() // the last one ends with its input
	if err := server.Wait(); err != nil {
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

// successor is this program as a server.
func successor(env string) *exec.Cmd {
	cmd := testkit.Again("TestHotRestart", asServer+"="+env)
	cmd.Stderr = os.Stderr
	return cmd
}

// restartable serves until its input ends. A line there has it start the next one, which gets the listener, its input and its
// output, and then it drains.
func restartable() error {
	passed, err := netio.TakePassed()
	if err != nil || len(passed) != 1 || passed[0].Name != "main" {
		return fmt.Errorf("passed were %v, %v", passed, err)
	}
	if again, err := netio.TakePassed(); len(again) != 0 || err != nil || os.Getenv("LISTEN_FDS")+os.Getenv("MAGPIE_READY_FD") != "" {
		return fmt.Errorf("passed again were %v, %v", again, err)
	}
	raw, err := passed[0].File.SyscallConn()
	if err != nil {
		return err
	}
	var flags int
	var gone error
	if err := raw.Control(func(fd uintptr) { flags, gone = unix.FcntlInt(fd, unix.F_GETFD, 0) }); err != nil {
		return err
	}
	if flags&unix.FD_CLOEXEC == 0 || gone != nil {
		return fmt.Errorf("children inherit what was passed: %x, %v", flags, gone)
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
	for range 2 { // the second does nothing
		if err := netio.NotifyReady(); err != nil {
			return err
		}
	}
	var next *exec.Cmd
	one := make([]byte, 1)
	for next == nil {
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
		next = successor("1")
		next.Stdin, next.Stdout = os.Stdin, os.Stdout
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err = netio.StartSuccessor(ctx, next, netio.Passed{Name: "main", File: file})
		cancel()
		file.Close()
		if err != nil {
			return err
		}
	}
	l.Close()
	if _, err := accepting.Wait(context.Background()); err != nil {
		return err
	}
	if next != nil {
		fmt.Println("replaced")
		if err := next.Wait(); err != nil {
			return err
		}
	}
	return rt.Shutdown(context.Background()) // when every connection has ended
}

// A process that was told of more descriptors than it has takes none, and says which is missing.
func TestFewerDescriptorsThanPassed(t *testing.T) {
	const inChild = "NETIO_FEW_PASSED"
	if os.Getenv(inChild) != "" {
		passed, err := netio.TakePassed()
		fmt.Printf("%d, %v\n", len(passed), err)
		os.Exit(0)
	}
	file, _ := fileOf(t, 1)
	cmd := testkit.Again(t.Name(), inChild+"=1")
	if err := netio.HandOver(cmd, netio.Passed{Name: "file", File: file}); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Env, "LISTEN_FDS=1000", "LISTEN_FDNAMES=")
	out, err := cmd.Output()
	const says = ", which LISTEN_FDS says was passed: fcntl: bad file descriptor"
	if got := string(out); err != nil || !strings.HasPrefix(got, "0, netio: descriptor ") || !strings.Contains(got, says) {
		t.Errorf("it took %q, %v", got, err)
	}
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
