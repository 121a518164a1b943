//go:build !portable

package netio_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// An eventfd counts what another thread, or a library written in C, tells of.
func ExampleFD() {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		panic(err)
	}
	events, err := netio.NewFD(os.NewFile(uintptr(fd), "eventfd"))
	if err != nil {
		panic(err)
	}
	defer events.Close()
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		panic(err)
	}
	defer rt.Shutdown(context.Background())
	count := sched.Spawn(rt, future.Async(func(co *future.Co) (uint64, error) {
		var p [8]byte
		_, err := events.Read(func(fd int) error {
			_, err := unix.Read(fd, p[:])
			return err
		}).Await(co)
		return binary.NativeEndian.Uint64(p[:]), err
	}))
	if err := events.Control(func(fd uintptr) {
		three := binary.NativeEndian.AppendUint64(nil, 3)
		_, err = unix.Write(int(fd), three)
	}); err != nil {
		panic(err)
	}
	n, err := count.Wait(context.Background())
	fmt.Println(n, err)
	// Output: 3 <nil>
}
