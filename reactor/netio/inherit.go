package netio

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// How sockets go from one process to the next.
//
// It is what systemd does (sd_listen_fds): descriptors from 3 on, LISTEN_FDS says how many, LISTEN_FDNAMES how they are called,
// and LISTEN_PID whom they are for, so that a grandchild that finds the variables in its environment does not take descriptors of its
// own for them. Who starts a process by package os/exec does not know its number before: HandOver names itself instead,
// in MAGPIE_LISTEN_PARENT.
//
// A server that replaces itself does so by StartSuccessor.
const (
	listenPID    = "LISTEN_PID"
	listenFDs    = "LISTEN_FDS"
	listenNames  = "LISTEN_FDNAMES"
	listenParent = "MAGPIE_LISTEN_PARENT"
	firstPassed  = 3
)

// passing are the variables that tell of what was passed.
var passing = []string{listenPID, listenFDs, listenNames, listenParent, readyFD}

// Passed is a socket that goes from one process to another, under a name.
type Passed struct {
	Name string
	File *os.File
}

// Listener makes a listener of it, see [AdoptListener], and closes the file.
func (p Passed) Listener() (*Listener, error) {
	defer p.File.Close()
	ln, err := net.FileListener(p.File)
	if err != nil {
		return nil, fmt.Errorf("netio: the socket %q that was passed listens to nothing: %w", p.Name, err)
	}
	return AdoptListener(ln)
}

// PacketConn makes a PacketConn of it, see [AdoptPacket], and closes the file.
func (p Passed) PacketConn() (*PacketConn, error) {
	defer p.File.Close()
	c, err := net.FilePacketConn(p.File)
	if err != nil {
		return nil, fmt.Errorf("netio: the socket %q that was passed takes no datagrams: %w", p.Name, err)
	}
	u, ok := c.(*net.UDPConn)
	if !ok {
		c.Close()
		return nil, fmt.Errorf("netio: the socket %q that was passed is a %T: want one of UDP", p.Name, c)
	}
	return AdoptPacket(u)
}

// TakePassed returns the sockets that systemd, or [HandOver], has passed to this process, in their order; none if there are none,
// or if they are for another process. It takes the variables that tell of them out of the environment, so children do not see them,
// and a second call returns none. The files are the caller's: children do not inherit them.
func TakePassed() ([]Passed, error) {
	pid, parent := os.Getenv(listenPID), os.Getenv(listenParent)
	count, names, toSay := os.Getenv(listenFDs), os.Getenv(listenNames), os.Getenv(readyFD)
	for _, v := range passing {
		os.Unsetenv(v)
	}
	if count == "" || pid != strconv.Itoa(os.Getpid()) && (pid != "" || parent != strconv.Itoa(os.Getppid())) {
		return nil, nil
	}
	if err := takeReady(toSay); err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > 1<<16 {
		return nil, fmt.Errorf("netio: %s is %q: want a number of descriptors", listenFDs, count)
	}
	named := strings.Split(names, ":")
	if names != "" && len(named) != n {
		return nil, fmt.Errorf("netio: %s has %d names, and %s says %d descriptors", listenNames, len(named), listenFDs, n)
	}
	all := make([]Passed, n)
	for i := range all {
		fd := firstPassed + i
		if err := takeDescriptor(fd); err != nil {
			for _, p := range all[:i] {
				p.File.Close()
			}
			return nil, fmt.Errorf("netio: descriptor %d, which %s says was passed: %w", fd, listenFDs, err)
		}
		if names != "" {
			all[i].Name = named[i]
		}
		all[i].File = os.NewFile(uintptr(fd), "passed "+all[i].Name)
	}
	return all, nil
}

// HandOver has cmd, which is not started yet, pass sockets to its process, which takes them by [TakePassed]. Their files, from
// [Listener.File] and [PacketConn.File], stay the caller's, who closes them when the process was started. A name must have no colon. cmd must have
// no ExtraFiles of its own. [StartSuccessor] does more.
func HandOver(cmd *exec.Cmd, socks ...Passed) error {
	if cmd.Process != nil || len(cmd.ExtraFiles) > 0 {
		return errors.New("netio: HandOver to a process that runs, or that has ExtraFiles already")
	}
	names := make([]string, len(socks))
	for i, p := range socks {
		if p.File == nil || strings.ContainsRune(p.Name, ':') {
			return fmt.Errorf("netio: HandOver of the socket %q: want an open file, and a name without a colon", p.Name)
		}
		names[i] = p.Name
	}
	for _, p := range socks {
		cmd.ExtraFiles = append(cmd.ExtraFiles, p.File)
	}
	var env []string
	for _, v := range cmd.Environ() {
		if name, _, _ := strings.Cut(v, "="); !slices.Contains(passing, name) {
			env = append(env, v)
		}
	}
	cmd.Env = append(env, listenFDs+"="+strconv.Itoa(len(socks)), listenNames+"="+strings.Join(names, ":"),
		listenParent+"="+strconv.Itoa(os.Getpid()))
	return nil
}
