package main

import (
	"io"
	"net"
	"os"
	"os/exec"

	"github.com/rogpeppe/go-internal/testscript"
)

// interrupt runs loadgen against an echo server of the test's and interrupts it when
// its load has begun. What it prints is left in run.log; it has to end by itself, with
// exit code 0. The target is added to the arguments.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer l.Close()
	begun := make(chan struct{}, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if _, err := io.CopyN(c, c, 1000*64); err == nil {
					select {
					case begun <- struct{}{}:
					default:
					}
				}
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	log, err := os.Create(ts.MkAbs("run.log"))
	ts.Check(err)
	defer log.Close()
	cmd := exec.Command("loadgen", append(args, "tcp://"+l.Addr().String())...)
	cmd.Stdout, cmd.Stderr = log, log
	ts.Check(cmd.Start())
	<-begun
	ts.Check(cmd.Process.Signal(os.Interrupt))
	ts.Check(cmd.Wait())
}
