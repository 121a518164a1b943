// Package process is child processes as futures, on top of os/exec.
//
// [Output] runs a command and collects what it writes:
//
//	out, err := process.Output(exec.Command("git", "rev-parse", "HEAD"), 1<<16).Await(co)
//
// [Start] begins one whose pipes are read and written as connections are:
//
//	p, err := process.Start(exec.Command("sort"), process.Config{Stdin: true, Stdout: true, KillOnDrop: true}).Await(co)
//	if err != nil {
//		return err
//	}
//	defer p.Drop()
//	_, err = p.Stdin.WriteAll(lines).Await(co)
//	p.Stdin.Close()
//	...
//	state, err := p.Wait().Await(co)
//
// A command is an *exec.Cmd, with all that it has: its folder and environment, files to inherit, attributes of the
// system, a context that kills it.
//
// # What it costs
//
// A child is started on a goroutine of [Pool], as that takes some hundred microseconds, and has the affinity of the
// process, not that of the worker whose task asked for it. On Linux a child that runs is a descriptor in the
// reactor, which tells when it has ended (a pidfd, since Linux 5.3); elsewhere a goroutine, and so a thread, waits for
// it.
//
// # Giving up
//
// A child outlives those who have given it up: a dropped wait, or a dropped [Process], leaves it running, and sees to
// it that it does not stay a zombie when it ends. [Config.KillOnDrop] kills it instead.
package process
